import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { standingStill } from '../../support/standing-still.ts';
import type { WatchEvent } from './wire.ts';
import { EAST, mergePatch, NAMESPACE, startClusters, until, WEST } from './world.ts';

const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const api = { namespace: NAMESPACE, name: 'chatbot-api' };

describe('a watch', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>>;
  let open: { close(): void }[];

  beforeEach(async () => {
    clusters = await startClusters({ speed: 100 });
    open = [];
  });

  afterEach(async () => {
    for (const one of open) one.close();
    await clusters.close();
  });

  const watch = async (path: string, options: Record<string, string> = {}, region = WEST) => {
    const started = await clusters.wire(region).watch(path, options);
    open.push(started);
    return started;
  };
  const listed = async (path: string) =>
    (await clusters.wire(WEST).call('GET', path)).body.metadata.resourceVersion as string;
  const scale = (replicas: number) =>
    clusters.west.apps.patchNamespacedDeploymentScale({ ...api, body: { spec: { replicas } } }, mergePatch);
  const nameOf = (event: WatchEvent | undefined) => event?.object.metadata.name as string;

  it('tells of a rollout as it goes, each change with a higher version, until it is complete', async () => {
    const from = await listed(DEPLOYMENTS);
    const changes = await watch(
      `${DEPLOYMENTS}?watch=1&resourceVersion=${from}&fieldSelector=metadata.name=chatbot-api`,
    );

    await standingStill(clusters.world, async () => {
      await scale(4);
      // The autoscaler takes none of them away again, however long the machine takes.
      const bounds = { spec: { minReplicas: 4 } };
      await clusters.west.autoscaling.patchNamespacedHorizontalPodAutoscaler({ ...api, body: bounds }, mergePatch);
    });
    const seen: WatchEvent[] = [];
    for (;;) {
      const event = await changes.next();
      if (!event) throw new Error('the watch ended');
      seen.push(event);
      const { status, metadata } = event.object;
      if (status.readyReplicas === 4 && status.observedGeneration === metadata.generation) break;
    }

    expect(new Set(seen.map(({ type }) => type))).toEqual(new Set(['MODIFIED']));
    const versions = seen.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
    // Changes that come while the machine is slow become one.
    const ready = seen.map(({ object }) => object.status.readyReplicas);
    expect([ready[0], ready.at(-1)]).toEqual([2, 4]);
  });

  it('begins with what there is when it is given no version, and marks where that ends', async () => {
    const all = await watch(
      `${DEPLOYMENTS}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
    );

    const first = [await all.next(), await all.next(), await all.next()];
    const mark = await all.next();

    expect(first.map((event) => [event?.type, nameOf(event)])).toEqual([
      ['ADDED', 'auth-service'],
      ['ADDED', 'chatbot-api'],
      ['ADDED', 'websocket-service'],
    ]);
    expect(mark).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'Deployment', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  it('tells what happened since a version, also when it happened before the watch', async () => {
    const from = await listed(PODS);
    const [pod] = (
      await clusters.west.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector: 'app=auth-service' })
    ).items;
    await clusters.west.core.deleteNamespacedPod({ namespace: NAMESPACE, name: pod?.metadata?.name ?? '' });
    await until(clusters.world, () => !clusters.world.state.kubernetes[WEST]?.pods[pod?.metadata?.name ?? '']);

    const missed = await watch(`${PODS}?watch=1&resourceVersion=${from}&labelSelector=app=auth-service`);
    const types = new Map<string, string[]>();
    while (!types.get(pod?.metadata?.name ?? '')?.includes('DELETED')) {
      const event = await missed.next();
      types.set(nameOf(event), [...(types.get(nameOf(event)) ?? []), event?.type ?? '']);
    }

    // While nobody listens, changes of one object become one.
    expect(types.get(pod?.metadata?.name ?? '')?.at(-1)).toBe('DELETED');
    const others = [...types].filter(([name]) => name !== pod?.metadata?.name);
    expect(others).toEqual([[expect.stringContaining('auth-service-'), expect.arrayContaining(['ADDED'])]]);
  });

  it('is told that an object left or came when its labels no longer or now fit', async () => {
    const label = (app: string | null) =>
      clusters.west.apps.patchNamespacedDeployment(
        { ...api, body: { metadata: { labels: { team: app } } } },
        mergePatch,
      );
    const from = await listed(DEPLOYMENTS);
    const team = await watch(`${DEPLOYMENTS}?watch=1&resourceVersion=${from}&labelSelector=team=dr`);

    await label('dr');
    const came = await team.next();
    await label('other');
    const left = await team.next();

    expect([came, left].map((event) => [event?.type, nameOf(event)])).toEqual([
      ['ADDED', 'chatbot-api'],
      ['DELETED', 'chatbot-api'],
    ]);
  });

  it('comes as tables when it is asked to, with the columns once', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const from = await listed(DEPLOYMENTS);
    const rows = await watch(`${DEPLOYMENTS}?watch=1&resourceVersion=${from}`, { accept });

    await scale(3);
    const [first, second] = [await rows.next(), await rows.next()];

    expect(first).toMatchObject({
      type: 'MODIFIED',
      object: { kind: 'Table', rows: [{ cells: expect.arrayContaining(['chatbot-api', '2/3']) }] },
    });
    expect([first?.object.columnDefinitions.length, second?.object.columnDefinitions]).toEqual([8, null]);
  });

  it('says 410 Gone for a version that is too old, and ends', async () => {
    const late = await watch(`${DEPLOYMENTS}?watch=1&resourceVersion=1`);

    expect(await late.next()).toMatchObject({
      type: 'ERROR',
      object: {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: expect.stringContaining('too old resource version: 1 ('),
      },
    });
    expect(await late.next()).toBeUndefined();
  });

  it('ends after its timeout, with a bookmark where they are allowed', async () => {
    const from = await listed(DEPLOYMENTS);

    const short = await watch(
      `${DEPLOYMENTS}?watch=1&resourceVersion=${from}&timeoutSeconds=1&allowWatchBookmarks=true`,
    );

    expect(await short.next()).toMatchObject({ type: 'BOOKMARK', object: { metadata: { resourceVersion: from } } });
    expect(await short.next()).toBeUndefined();
  });

  it('is refused outside of the token’s role, and for a version that is none', async () => {
    const elsewhere = await clusters.wire(WEST).call('GET', '/apis/apps/v1/deployments?watch=1');
    const strange = await clusters.wire(WEST).call('GET', `${DEPLOYMENTS}?watch=1&resourceVersion=new`);

    expect([elsewhere.body.code, strange.body.code]).toEqual([403, 400]);
    expect(elsewhere.body.message).toContain('cannot watch resource "deployments"');
  });

  it('is silent while its region hangs, whatever happens there, and is cut when that ends', async () => {
    const { world } = clusters;
    const pods = await watch('/api/v1/pods?watch=1&resourceVersion=', {}, EAST);
    for (let count = 0; count < 35; count++) await pods.next();
    const next = pods.next().then(
      (event) => event?.type ?? 'ended',
      () => 'cut',
    );

    world.switchFault({ name: 'region-down', target: EAST }, true);
    const cluster = world.state.kubernetes[EAST];
    const [name = ''] = Object.keys(cluster?.pods ?? {});
    delete cluster?.pods[name];
    if (cluster) cluster.revision += 1;
    world.touch();
    const meanwhile = await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 200, 'silent'))]);
    world.switchFault({ name: 'region-down', target: EAST }, false);

    expect(meanwhile).toBe('silent');
    expect(['ended', 'cut']).toContain(await next);
  });

  it('is cut at once when its region refuses, and when the sandbox ends', async () => {
    const pods = await watch(`${PODS}?watch=1`, {}, EAST);
    const nodes = await watch('/api/v1/nodes?watch=1&resourceVersion=0');
    await Promise.all([pods.next(), nodes.next()]);
    const drained = async (one: typeof pods) => {
      try {
        while (await one.next());
      } catch {
        // Reset.
      }
      return 'over';
    };
    const over = drained(pods);

    clusters.world.switchFault({ name: 'region-refuse', target: EAST }, true);
    const refused = await over;
    const closed = drained(nodes);
    await clusters.close();

    expect([refused, await closed]).toEqual(['over', 'over']);
    clusters = await startClusters();
  });
});
