import type { System } from '../../../src/domain/system.ts';
import type { Fault } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { mend } from '../controllers/containers.ts';
import { loseZone, regainZone } from '../controllers/nodes.ts';
import type { ClusterState, PodTrouble } from '../state.ts';
import { fillNodes, freeNodes } from './full-nodes.ts';
import { breakPods } from './pods.ts';
import { release } from './release.ts';

/** What each fault of a deployment does to the containers of its pods. */
const TROUBLES: Partial<Record<Fault['name'], PodTrouble>> = {
  'crash-looping-pods': 'crash',
  'out-of-memory-pods': 'out-of-memory',
  'image-missing': 'image',
  'failing-probes': 'probe',
};

/**
 * Lets the clusters follow the world's faults. `serves` says whether a region's load balancer sends users to it: a bad
 * release or bad pods are where the users are. `reconcile` lets the controllers of a region look soon.
 */
export function followFaults(
  world: World,
  system: System,
  { serves, reconcile }: { serves(region: string): boolean; reconcile(region: string): void },
): void {
  world.on('fault', ({ fault, on }) => {
    for (const [region, cluster] of Object.entries(world.state.kubernetes)) {
      if (follow(world, system, cluster, fault, { on, isServing: serves(region) })) reconcile(region);
    }
  });
}

/** True when the fault was about this cluster. */
function follow(
  world: World,
  system: System,
  cluster: ClusterState,
  fault: Fault,
  { on, isServing }: { on: boolean; isServing: boolean },
): boolean {
  const { name, target = '' } = fault;
  const trouble = TROUBLES[name];
  if (trouble !== undefined) {
    if (on && !isServing) return false;
    if (!on) healAll(world, cluster, target, trouble);
    else if (trouble === 'crash' || trouble === 'image') release(world, system, cluster, target, trouble);
    else breakPods(world, cluster, target, trouble);
    return true;
  }
  if (name === 'zone-down' && target.startsWith(cluster.region)) {
    if (on) loseZone(world, cluster, target);
    else regainZone(world, cluster, target);
    return true;
  }
  if (name === 'full-nodes' && target === cluster.region) {
    if (on) fillNodes(world, cluster);
    else freeNodes(cluster);
    return true;
  }
  return false;
}

/** The cause is gone: what is left of it works, and so does its release. */
function healAll(world: World, cluster: ClusterState, deployment: string, trouble: PodTrouble): void {
  for (const template of cluster.deployments[deployment]?.templates ?? []) {
    if (template.trouble === trouble) delete template.trouble;
  }
  for (const pod of Object.values(cluster.pods)) {
    if (pod.deployment === deployment && pod.trouble === trouble) mend(world, cluster, pod);
  }
}
