import type { World } from '../../world/world.ts';
import { freeCapacity } from '../controllers/pods.ts';
import { podName, uid } from '../names.ts';
import { nextVersion } from '../resource.ts';
import type { ClusterState, PodState } from '../state.ts';

/** Whose pods fill the nodes: other people's work, in a namespace that Lifeboat may not touch. */
const NAMESPACE = 'analytics';
const NAME = 'report-builder';
/** Millicores that are left on each node: less than any pod of a product asks for. */
const LEFT = 100;

/** One large pod of another team on each node leaves no room there. */
export function fillNodes(world: World, cluster: ClusterState): void {
  const now = world.clock.now();
  for (const [index, free] of freeCapacity(cluster).entries()) {
    if (free.millicores <= LEFT) continue;
    const name = podName(cluster.region, { name: NAME, templateRevision: 1 }, index);
    const requests = { cpu: `${free.millicores - LEFT}m`, memory: '512Mi' };
    const pod: PodState = {
      namespace: NAMESPACE,
      name,
      uid: uid(cluster.region, 'pod', name, now),
      resourceVersion: nextVersion(cluster),
      createdAt: now,
      deployment: '',
      templateRevision: 0,
      node: free.node,
      scheduledAt: now,
      readyAt: now,
      environment: {},
      pods: {
        labels: { app: NAME },
        spec: {
          containers: [{ name: NAME, image: `registry.example.com/${NAME}:3.2.0`, resources: { requests } }],
          restartPolicy: 'Always',
        },
      },
    };
    cluster.pods[name] = pod;
  }
}

export function freeNodes(cluster: ClusterState): void {
  for (const pod of Object.values(cluster.pods)) {
    if (pod.namespace === NAMESPACE) delete cluster.pods[pod.name];
  }
  cluster.revision += 1;
}
