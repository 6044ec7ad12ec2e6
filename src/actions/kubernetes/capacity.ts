import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { ClusterNode, Reservation, Workload } from '../../adapters/kubernetes/shapes.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { readProfile } from './profile.ts';

const Output = z.object({
  /** What does not fit on any node, in millicores. */
  missingMillicores: z.int(),
  freeMillicores: z.int(),
  /** What the pods that the profile adds will reserve. */
  neededMillicores: z.int(),
});
type Output = z.infer<typeof Output>;

export const capacity = (clients: Clients) =>
  defineAction({
    id: 'k8s.capacity',
    summary: "Compare a cluster's free processors with what a scaling profile needs",
    effect: 'read',
    input: z.strictObject({ region: Region, profile: z.string().min(1) }),
    output: Output,
    repeat: 'It only reads.',
    permissions: ['cluster: list nodes, pods', 'namespace: get apps/deployments'],
    examples: [{ title: 'Room for full capacity', with: { region: 'us-west-2', profile: 'full' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ region }) => `replicas/${region}`,
    expectedSeconds: () => 1,
    async observe(context, input) {
      return { facts: {}, measurements: await measure(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      return { outputs: await context.waitUntil(() => measure(clients, context, input)), changes: [] };
    },
  });

async function measure(
  clients: Clients,
  context: ObserveContext,
  { region, profile }: { region: string; profile: string },
): Promise<Output> {
  const { system, signal } = context;
  const cluster = clusterOf(clients, system, region);
  const wanted = readProfile(context, profile);
  const [nodes, reservations, ...workloads] = await Promise.all([
    cluster.nodes(signal),
    cluster.reservations(signal),
    ...Object.keys(wanted).map((name) => cluster.workload(name, signal)),
  ]);
  return placePods(nodes, reservations, additionalPods(workloads, wanted));
}

/** What each pod will reserve that a profile adds to those there are, in millicores. */
export function additionalPods(
  workloads: Pick<Workload, 'name' | 'existing' | 'podMillicores'>[],
  wanted: Record<string, number>,
): number[] {
  return workloads.flatMap(({ name, existing, podMillicores }) =>
    Array.from({ length: Math.max(0, (wanted[name] ?? 0) - existing) }, () => podMillicores),
  );
}

/**
 * Places pods as the scheduler would, largest first, each on the node with most room: free room in slices too small for
 * a pod is no room. Pods that wait for a node already come first.
 */
export function placePods(nodes: ClusterNode[], reservations: Reservation[], additional: number[]): Output {
  const free = new Map(nodes.map(({ name, allocatableMillicores }) => [name, allocatableMillicores]));
  for (const { node, millicores } of reservations) {
    const before = free.get(node);
    if (before !== undefined) free.set(node, before - millicores);
  }
  const freeMillicores = sum([...free.values()].map((room) => Math.max(0, room)));
  const waiting = reservations.filter(({ node }) => node === '').map(({ millicores }) => millicores);
  let missingMillicores = 0;
  for (const pod of [...waiting, ...additional.toSorted((a, b) => b - a)]) {
    const [roomiest] = [...free].toSorted(([, a], [, b]) => b - a);
    if (roomiest && roomiest[1] >= pod) free.set(roomiest[0], roomiest[1] - pod);
    else missingMillicores += pod;
  }
  return { missingMillicores, freeMillicores, neededMillicores: sum(additional) };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
