import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { livePods, NEVER, readyPods } from '../../../sandbox/kubernetes/rollout.ts';
import type { ClusterState, PodState } from '../../../sandbox/kubernetes/state.ts';
import { standingStill } from '../../support/standing-still.ts';
import { mergePatch, NAMESPACE, startClusters, until, WEST } from './world.ts';

const NAME = 'chatbot-api';

describe('what a cluster does by itself', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>>;
  const api = { namespace: NAMESPACE, name: NAME };
  const cluster = (): ClusterState => {
    const found = clusters.world.state.kubernetes[WEST];
    if (!found) throw new Error('no cluster');
    return found;
  };
  const ready = () => readyPods(cluster(), NAME, clusters.world.clock.now());
  const scale = (replicas: number) =>
    clusters.west.apps.patchNamespacedDeploymentScale({ ...api, body: { spec: { replicas } } }, mergePatch);

  /** The autoscaler takes none of these away again, however long the machine takes. */
  const keepAtLeast = (minReplicas: number) =>
    clusters.west.autoscaling.patchNamespacedHorizontalPodAutoscaler(
      { ...api, body: { spec: { minReplicas } } },
      mergePatch,
    );

  beforeEach(async () => {
    clusters = await startClusters({ speed: 200 });
  });

  afterEach(() => clusters.close());

  it('brings up each new pod 15 to 45 s after it has a node, and says so only then', async () => {
    // Nothing may become ready before the first look, however busy the machine is.
    const before = await standingStill(clusters.world, async () => {
      await scale(20);
      await keepAtLeast(20);
      return clusters.west.apps.readNamespacedDeployment(api);
    });
    await until(clusters.world, () => ready().length === 20);
    const after = await clusters.west.apps.readNamespacedDeployment(api);

    expect(before.status?.readyReplicas).toBe(2);
    expect(after.status).toMatchObject({ readyReplicas: 20, updatedReplicas: 20, observedGeneration: 2 });
    expect(after.status?.unavailableReplicas).toBeUndefined();
    const starts = clusters.world.state.transitions.map(({ from, to }) => (to - from) / 1000);
    expect(starts).toHaveLength(18);
    for (const seconds of starts) {
      expect(seconds).toBeGreaterThanOrEqual(15);
      expect(seconds).toBeLessThanOrEqual(45);
    }
  });

  it('leaves pods without room Pending, and places them when room appears', async () => {
    cluster().nodes = cluster().nodes.slice(0, 1);
    await scale(30);
    const fits = () => livePods(cluster(), NAME).filter((pod) => pod.node).length;
    await until(clusters.world, () => fits() > 2);

    const pending = await clusters.west.core.listNamespacedPod({
      namespace: NAMESPACE,
      labelSelector: `app=${NAME}`,
      fieldSelector: 'spec.nodeName=',
    });
    const reasons = pending.items.map(({ status }) => status?.conditions?.[0]?.reason);

    expect(pending.items.length).toBe(30 - fits());
    expect(new Set(reasons)).toEqual(new Set(['Unschedulable']));
  });

  it('rolls a restart out within its surge and unavailability, and new pods read the secret as it is', async () => {
    await keepAtLeast(8);
    await until(clusters.world, () => ready().length === 8);
    const seen = { least: 8, most: 8 };
    const watch = () => {
      seen.least = Math.min(seen.least, ready().length);
      seen.most = Math.max(seen.most, livePods(cluster(), NAME).length);
    };
    clusters.world.on('changed', watch);
    const old = new Set(Object.keys(cluster().pods));

    await clusters.west.core.patchNamespacedSecret(
      { namespace: NAMESPACE, name: 'db-credentials', body: { stringData: { host: 'new-primary' } } },
      mergePatch,
    );
    const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
    const restart = await clusters.west.apps.patchNamespacedDeployment(
      { ...api, body: { spec: { template: { metadata: { annotations } } } } },
      mergePatch,
    );
    const renewed = (pod: PodState) => !old.has(pod.name);
    await until(clusters.world, () => ready().filter(renewed).length === 8 && livePods(cluster(), NAME).length === 8);

    expect(restart.status?.observedGeneration).toBeLessThan(restart.metadata?.generation ?? 0);
    expect(seen.least).toBeGreaterThanOrEqual(6);
    expect(seen.most).toBeLessThanOrEqual(10);
    expect(new Set(ready().map((pod) => pod.environment.host))).toEqual(new Set(['new-primary']));
    const others = livePods(cluster(), 'auth-service').map((pod) => pod.environment.host);
    expect(others).toEqual([expect.stringContaining('chatbot-prod')]);
  });

  it('replaces a deleted pod', async () => {
    const [pod] = ready();

    await clusters.west.core.deleteNamespacedPod({ namespace: NAMESPACE, name: pod?.name ?? '' });
    await until(clusters.world, () => ready().length === 2);

    expect(ready().map(({ name }) => name)).not.toContain(pod?.name);
  });

  it('brings replicas below the minimum back to it', async () => {
    await keepAtLeast(5);
    await until(clusters.world, () => cluster().deployments[NAME]?.replicas === 5);
    await scale(1);

    await until(clusters.world, () => cluster().deployments[NAME]?.replicas === 5);

    expect(livePods(cluster(), NAME).every((pod) => pod.readyAt < NEVER || pod.node === undefined)).toBe(true);
  });
});
