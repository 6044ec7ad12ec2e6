import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubernetesObjectApi, VersionApi } from '@kubernetes/client-node';
import {
  applyPatch,
  EAST,
  mergePatch,
  NAMESPACE,
  plainText,
  refusal,
  startClusters,
  strategicPatch,
  WEST,
} from './world.ts';

describe('the Kubernetes API of a region', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>>;
  const api = { namespace: NAMESPACE, name: 'chatbot-api' };
  const secret = { namespace: NAMESPACE, name: 'db-credentials' };

  beforeEach(async () => {
    clusters = await startClusters();
  });

  afterEach(() => clusters.close());

  it('shows the primary at full capacity and the standby as a pilot light', async () => {
    const east = await clusters.east.apps.listNamespacedDeployment({ namespace: NAMESPACE });
    const west = await clusters.west.apps.listNamespacedDeployment({ namespace: NAMESPACE });

    const ready = (list: typeof east) =>
      Object.fromEntries(list.items.map((item) => [item.metadata?.name, item.status?.readyReplicas]));
    expect(ready(east)).toEqual({ 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 });
    expect(ready(west)).toEqual({ 'chatbot-api': 2, 'websocket-service': 1, 'auth-service': 1 });
  });

  it('lists pods by label, and their requests fit what the nodes can allocate', async () => {
    const pods = await clusters.east.core.listPodForAllNamespaces({
      labelSelector: 'app in (chatbot-api,auth-service)',
    });
    const nodes = await clusters.east.core.listNode();

    expect(pods.items).toHaveLength(25);
    expect(pods.items[0]?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(pods.items[0]?.spec?.containers[0]?.resources?.requests).toEqual({ cpu: '250m', memory: '512Mi' });
    expect(nodes.items[0]?.status?.allocatable).toMatchObject({ cpu: '3920m' });
  });

  it('pages lists', async () => {
    const first = await clusters.east.core.listNamespacedPod({ namespace: NAMESPACE, limit: 30 });
    const _continue = first.metadata?._continue ?? '';
    const second = await clusters.east.core.listNamespacedPod({ namespace: NAMESPACE, limit: 30, _continue });

    expect([first.items.length, first.metadata?.remainingItemCount, second.items.length]).toEqual([30, 5, 5]);
    expect(second.metadata?._continue).toBeUndefined();
  });

  it('refuses a replacement that was read before somebody else wrote, and takes it when read again', async () => {
    const { apps } = clusters.west;
    const stale = await apps.readNamespacedDeploymentScale(api);
    await apps.patchNamespacedDeployment({ ...api, body: { metadata: { annotations: { by: 'other' } } } }, mergePatch);

    stale.spec = { replicas: 3 };
    const refused = await refusal(apps.replaceNamespacedDeploymentScale({ ...api, body: stale }));
    const fresh = await apps.readNamespacedDeploymentScale(api);
    fresh.spec = { replicas: 3 };
    const taken = await apps.replaceNamespacedDeploymentScale({ ...api, body: fresh });

    expect(refused).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(refused.message).toBe(
      'Operation cannot be fulfilled on deployments.apps "chatbot-api": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect(taken.spec?.replicas).toBe(3);
  });

  it('kubernetes-conflicts: two changes of three of an object meet somebody else’s, reading goes on', async () => {
    const { apps } = clusters.west;
    clusters.world.switchFault({ name: 'kubernetes-conflicts' }, true);
    const change = () =>
      apps.patchNamespacedDeployment({ ...api, body: { metadata: { annotations: { by: 'us' } } } }, mergePatch);

    const refusals = [await refusal(change()), await refusal(change())];
    const between = await apps.readNamespacedDeployment(api);
    const taken = await change();

    expect(refusals).toMatchObject([{ code: 409, reason: 'Conflict' }, { code: 409 }]);
    expect(between.metadata?.annotations?.by).toBeUndefined();
    expect(taken.metadata?.annotations?.by).toBe('us');
  });

  it('replaces a deployment with what the client read of it', async () => {
    const read = await clusters.west.apps.readNamespacedDeployment(api);
    if (read.spec) read.spec.replicas = 4;

    const written = await clusters.west.apps.replaceNamespacedDeployment({ ...api, body: read });

    expect(written.spec?.replicas).toBe(4);
    expect(written.metadata?.generation).toBe(2);
  });

  it('patches a secret in three ways and keeps its other keys', async () => {
    const { core } = clusters.west;
    const encode = (text: string) => Buffer.from(text).toString('base64');

    await core.patchNamespacedSecret({ ...secret, body: { data: { host: encode('one') } } }, strategicPatch);
    await core.patchNamespacedSecret({ ...secret, body: { stringData: { port: '6543' } } }, mergePatch);
    const body = [{ op: 'replace', path: '/data/sslmode', value: encode('require') }];
    const patched = await core.patchNamespacedSecret({ ...secret, body });

    const values = Object.entries(patched.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]);
    expect(Object.fromEntries(values)).toEqual({
      host: 'one',
      port: '6543',
      username: 'chatbot_app',
      password: expect.any(String),
      database: 'chatbot',
      sslmode: 'require',
    });
  });

  it('writes nothing in a dry run', async () => {
    const { apps } = clusters.west;

    const shown = await apps.patchNamespacedDeploymentScale(
      { ...api, dryRun: 'All', body: { spec: { replicas: 9 } } },
      mergePatch,
    );
    const after = await apps.readNamespacedDeploymentScale(api);

    expect([shown.spec?.replicas, after.spec?.replicas]).toEqual([9, 2]);
  });

  it.each([
    [
      404,
      'NotFound',
      'deployments.apps "nothing" not found',
      () => clusters.west.apps.readNamespacedDeployment({ ...api, name: 'nothing' }),
    ],
    [
      403,
      'Forbidden',
      'in the namespace "kube-system"',
      () => clusters.west.core.listNamespacedSecret({ namespace: 'kube-system' }),
    ],
    [
      415,
      'UnsupportedMediaType',
      'unknown format',
      () => clusters.west.apps.patchNamespacedDeployment({ ...api, body: {} }, plainText),
    ],
    [
      422,
      'Invalid',
      'fieldManager: Required value: is required for apply patch',
      () => clusters.west.apps.patchNamespacedDeployment({ ...api, body: {} }, applyPatch),
    ],
    [
      400,
      'BadRequest',
      'json: cannot unmarshal object',
      () => clusters.west.apps.patchNamespacedDeployment({ ...api, body: {} }),
    ],
    [
      422,
      'Invalid',
      'spec.replicas',
      () => clusters.west.apps.patchNamespacedDeployment({ ...api, body: { spec: { replicas: -1 } } }, mergePatch),
    ],
    [
      422,
      'Invalid',
      'minReplicas',
      () =>
        clusters.west.autoscaling.patchNamespacedHorizontalPodAutoscaler(
          { ...api, body: { spec: { minReplicas: 99 } } },
          mergePatch,
        ),
    ],
    [
      400,
      'BadRequest',
      'the sandbox does not simulate a change of spec.template',
      () =>
        clusters.west.apps.patchNamespacedDeployment(
          { ...api, body: { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } } },
          mergePatch,
        ),
    ],
    [
      405,
      'MethodNotAllowed',
      'does not allow this method',
      () => clusters.west.core.deleteCollectionNamespacedSecret({ namespace: NAMESPACE }),
    ],
    [
      422,
      'Invalid',
      'spec.selector: Required value',
      () =>
        clusters.west.apps.createNamespacedDeployment({
          namespace: NAMESPACE,
          body: {
            metadata: { name: 'x' },
            spec: { selector: {}, template: { spec: { containers: [{ name: 'x' }] } } },
          },
        }),
    ],
    [
      404,
      'NotFound',
      'could not find the requested resource',
      () => clusters.west.apps.listNamespacedDaemonSet({ namespace: NAMESPACE }),
    ],
  ] as const)('answers %i %s: %s', async (code, reason, message, call) => {
    const refused = await refusal(call());

    expect(refused).toMatchObject({ code, reason });
    expect(refused.message).toContain(message);
  });

  it('refuses an unknown token', async () => {
    const { config } = clusters.west;
    config.users = [{ name: 'lifeboat', token: 'guessed' }];

    const refused = await refusal(clusters.west.core.listNode());

    expect(refused.code).toBe(401);
  });

  it('tells its version, and where a kind lives', async () => {
    const version = await clusters.west.config.makeApiClient(VersionApi).getCode();
    const objects = KubernetesObjectApi.makeApiClient(clusters.west.config);

    const found = await objects.read({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: api });

    expect(version.gitVersion).toMatch(/^v1\./);
    expect(found.metadata?.name).toBe('chatbot-api');
  });

  it('records each call with its operation, whether it changes something, and its status', async () => {
    await clusters.west.apps.patchNamespacedDeploymentScale({ ...api, body: { spec: { replicas: 3 } } }, mergePatch);
    await refusal(clusters.west.core.readNamespacedSecret({ ...secret, name: 'none' }));

    expect(clusters.world.state.calls).toMatchObject([
      {
        service: 'kubernetes',
        region: WEST,
        operation: 'patch deployments/scale',
        resource: 'chatbot-api',
        mutating: true,
        status: 200,
      },
      { operation: 'get secrets', resource: 'none', mutating: false, status: 404, error: 'NotFound' },
    ]);
  });

  it('takes 0.02 to 0.1 world seconds for an answer', async () => {
    const slow = await startClusters({ speed: 1 });

    await slow.west.core.listNode();
    const [call] = slow.world.state.calls;
    await slow.close();

    expect(call?.latency).toBeGreaterThanOrEqual(19);
  });

  it('hangs while its region is down, also for a request under way, and serves new connections afterwards', async () => {
    const { world, east, west } = clusters;
    const underWay = east.core.listNode();
    const outcome = underWay.then(
      () => 'answered',
      () => 'broken',
    );

    world.switchFault({ name: 'region-down', target: EAST }, true);
    const elsewhere = await west.core.listNode();
    const hanging = await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 300, 'silent'))]);
    world.switchFault({ name: 'region-down', target: EAST }, false);
    const again = await east.core.listNode();

    expect(elsewhere.items.length).toBeGreaterThan(0);
    expect([hanging, await outcome]).toEqual(['silent', 'broken']);
    expect(again.items.length).toBeGreaterThan(0);
  });

  it('refuses connections at once when its region refuses', async () => {
    clusters.world.switchFault({ name: 'region-refuse', target: EAST }, true);

    const failed = clusters.east.core.listNode();

    await expect(failed).rejects.toThrow('fetch failed');
  });
});
