import { afterEach, describe, expect, it } from '@jest/globals';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';
import { createWorld, mergePatch, NAMESPACE, startClusters, until, WEST } from './world.ts';

const api = { namespace: NAMESPACE, name: 'chatbot-api' };

describe('clusters that go on', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>> | undefined;

  afterEach(async () => {
    await clusters?.close();
    clusters = undefined;
  });

  /** The same world after its state was written to a file and read back. */
  const readBack = (world: World): World => {
    const now = world.clock.now();
    const clock = createWorldClock({ machine: Date.now(), world: now, speed: 100 });
    return new World(clock, JSON.parse(JSON.stringify(world.state)) as World['state']);
  };

  it('have their addresses and their token, with the history of rollouts, events and owners', async () => {
    const first = await startClusters();
    const fieldManager = 'somebody';
    const annotations = { 'kubectl.kubernetes.io/restartedAt': 'now' };
    const body = { spec: { template: { metadata: { annotations } } } };
    await first.west.apps.patchNamespacedDeployment({ ...api, fieldManager, body }, mergePatch);
    await until(first.world, () => (first.world.state.kubernetes[WEST]?.events?.length ?? 0) > 5);
    const { ports, token } = first.apis;
    const [deployment, events] = await Promise.all([
      first.west.apps.readNamespacedDeployment(api),
      first.west.core.listNamespacedEvent({ namespace: NAMESPACE }),
    ]);
    await first.close();

    clusters = await startClusters({ world: readBack(first.world), ports, token });

    const { wire, west, apis } = clusters;
    const sets = await west.apps.listNamespacedReplicaSet({ namespace: NAMESPACE, labelSelector: 'app=chatbot-api' });
    const after = await west.apps.readNamespacedDeployment(api);
    const old = await wire(WEST).watch(
      `/api/v1/namespaces/${NAMESPACE}/pods?watch=1&resourceVersion=${deployment.metadata?.resourceVersion}`,
    );
    expect([apis.ports, apis.token]).toEqual([ports, token]);
    expect(
      new Set(sets.items.map(({ metadata }) => metadata?.annotations?.['deployment.kubernetes.io/revision'])),
    ).toEqual(new Set(['1', '2']));
    expect((await west.core.listNamespacedEvent({ namespace: NAMESPACE })).items.length).toBeGreaterThanOrEqual(
      events.items.length,
    );
    expect(after.metadata?.managedFields).toEqual(deployment.metadata?.managedFields);
    // What changed before is not known any more: the client must list again.
    const told = await old.next();
    old.close();
    expect(told).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });

  it('are served from a world that was saved before there were events, owners and a history', async () => {
    const world = createWorld({ speed: 100 });
    const cluster = world.state.kubernetes[WEST];
    const deployment = cluster?.deployments['chatbot-api'];
    if (!cluster || !deployment) throw new Error('no deployment');
    // A rolling update was under way: one pod of the old template is left.
    deployment.templateRevision = 7;
    const [young] = Object.values(cluster.pods).filter((pod) => pod.deployment === 'chatbot-api');
    if (young) young.templateRevision = 7;
    expect([deployment.templates, deployment.managers, cluster.events]).toEqual([undefined, undefined, undefined]);

    clusters = await startClusters({ world });
    const sets = await clusters.west.apps.listNamespacedReplicaSet({
      namespace: NAMESPACE,
      labelSelector: 'app=chatbot-api',
    });
    const events = await clusters.west.core.listNamespacedEvent({ namespace: NAMESPACE });
    const read = await clusters.west.apps.readNamespacedDeployment(api);

    expect(sets.items.map(({ status }) => status?.replicas)).toEqual([1, 1]);
    expect(events.items).toEqual([]);
    expect(read.metadata?.managedFields).toMatchObject([{ manager: 'kubectl-create', operation: 'Update' }]);
  });
});
