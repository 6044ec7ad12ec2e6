import type { ClusterNode, Reservation } from '../../adapters/kubernetes/shapes.ts';

/** What a pod reserves, or a node has left: millicores, and mebibytes of memory. */
export interface Room {
  millicores: number;
  mebibytes: number;
}

/** What one node has left; `pods`: how many more it takes. */
interface NodeRoom extends Room {
  pods: number;
}

/** What the nodes that take pods have left after what is on them, and the pods that wait for a node already. */
export function freeRoom(nodes: ClusterNode[], reservations: Reservation[]): { free: NodeRoom[]; waiting: Room[] } {
  const rooms = new Map(
    nodes.map(({ name, allocatableMillicores, allocatableMebibytes, allocatablePods }): [string, NodeRoom] => [
      name,
      { millicores: allocatableMillicores, mebibytes: allocatableMebibytes, pods: allocatablePods },
    ]),
  );
  for (const { node, millicores, mebibytes } of reservations) {
    const room = rooms.get(node);
    if (!room) continue;
    room.millicores -= millicores;
    room.mebibytes -= mebibytes;
    room.pods -= 1;
  }
  return { free: [...rooms.values()], waiting: reservations.filter(({ node }) => node === '') };
}

/**
 * Places pods as the scheduler would, in this order, each on the node with most processors left: free room in slices too
 * small for a pod is no room. Returns those that fit nowhere. `free` is used up.
 */
export function place<P extends Room>(free: NodeRoom[], pods: P[]): P[] {
  return pods.filter((pod) => {
    const fitting = free.filter(
      ({ millicores, mebibytes, pods: left }) =>
        millicores >= pod.millicores && mebibytes >= pod.mebibytes && left >= 1,
    );
    const [roomiest] = fitting.toSorted((a, b) => b.millicores - a.millicores);
    if (!roomiest) return true;
    roomiest.millicores -= pod.millicores;
    roomiest.mebibytes -= pod.mebibytes;
    roomiest.pods -= 1;
    return false;
  });
}

/** How many of `wanted` more pods of this size fit, after those that wait already. */
export function fitting(nodes: ClusterNode[], reservations: Reservation[], pod: Room, wanted: number): number {
  const { free, waiting } = freeRoom(nodes, reservations);
  place(free, waiting);
  return (
    wanted -
    place(
      free,
      Array.from({ length: Math.max(0, wanted) }, () => ({ ...pod })),
    ).length
  );
}

export const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
