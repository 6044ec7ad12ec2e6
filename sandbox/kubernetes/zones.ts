import type { ClusterState, NodeState } from './state.ts';

/** The zone of each node: nodes are spread over the three zones of their region, in turn. */
export function zoneOf(cluster: ClusterState, node: Pick<NodeState, 'name'>): string {
  const index = cluster.nodes.findIndex(({ name }) => name === node.name);
  return `${cluster.region}${'abc'[Math.max(0, index) % 3]}`;
}

export const nodesIn = (cluster: ClusterState, zone: string): NodeState[] =>
  cluster.nodes.filter((node) => zoneOf(cluster, node) === zone);
