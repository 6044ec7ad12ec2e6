import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mergePatch, NAMESPACE, startClusters, until, WEST } from './world.ts';

const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/chatbot-api`;
const AUTOSCALERS = `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers`;
const api = { namespace: NAMESPACE, name: 'chatbot-api' };

interface Entry {
  manager: string;
  operation: string;
  subresource?: string;
  fieldsV1: Record<string, unknown>;
}

describe('server-side apply', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>>;

  beforeEach(async () => {
    clusters = await startClusters();
  });

  afterEach(() => clusters.close());

  /** Applies a deployment of these fields; `parameters` besides the manager. */
  const apply = (manager: string, fields: object, parameters = '', path = DEPLOYMENT) =>
    clusters.wire(WEST).call('PATCH', `${path}?fieldManager=${manager}${parameters}`, {
      'content-type': 'application/apply-patch+yaml',
      body: JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...fields }),
    });
  const replicas = (count: number) => ({ spec: { replicas: count } });
  const managers = (body: { metadata: { managedFields: Entry[] } }) =>
    Object.fromEntries(
      body.metadata.managedFields.map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, fieldsV1]),
    );
  const read = async () => (await clusters.wire(WEST).call('GET', DEPLOYMENT)).body;

  it('refuses what somebody else owns, naming fields and owners, and takes it by force', async () => {
    const refused = await apply('gitops', { ...replicas(5), metadata: { labels: { app: 'other', team: 'dr' } } });
    const untouched = await read();
    const forced = await apply('gitops', replicas(5), '&force=true');
    const after = await read();

    expect(refused.body).toMatchObject({ kind: 'Status', code: 409, reason: 'Conflict' });
    expect(refused.body.message).toMatch(
      /^Apply failed with 2 conflicts: conflicts with "kubectl-create" using apps\/v1 at \S+Z:\n- .metadata.labels.app\n- .spec.replicas$/,
    );
    expect(refused.body.details.causes).toEqual([
      {
        reason: 'FieldManagerConflict',
        message: expect.stringContaining('conflict with "kubectl-create"'),
        field: '.metadata.labels.app',
      },
      { reason: 'FieldManagerConflict', message: expect.stringContaining('using apps/v1'), field: '.spec.replicas' },
    ]);
    expect(untouched.spec.replicas).toBe(2);
    expect(untouched.metadata.labels).toEqual({ app: 'chatbot-api' });
    expect([forced.status, after.spec.replicas]).toEqual([200, 5]);
    expect(managers(after)['gitops Apply']).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(JSON.stringify(managers(after)['kubectl-create Update'])).not.toContain('f:replicas');
  });

  it('shares a field on whose value both agree', async () => {
    await apply('one', replicas(2));

    const both = managers(await read());

    expect(both['one Apply']).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(JSON.stringify(both['kubectl-create Update'])).toContain('f:replicas');
  });

  it('removes what a manager no longer applies, unless somebody else has it too', async () => {
    const labels = (names: string[]) => ({
      metadata: { labels: Object.fromEntries(names.map((name) => [name, 'yes'])) },
    });
    await apply('one', labels(['mine', 'ours']));
    await apply('two', labels(['ours']));

    await apply('one', {});
    const after = await read();

    expect(after.metadata.labels).toEqual({ app: 'chatbot-api', ours: 'yes' });
    expect(Object.keys(managers(after))).not.toContain('one Apply');
  });

  it('falls back to the default of a field that its only owner gives up', async () => {
    // No autoscaler corrects this one.
    const path = DEPLOYMENT.replace('chatbot-api', 'auth-service');
    await apply('gitops', replicas(5), '&force=true', path);

    const after = await apply('gitops', { metadata: { labels: { team: 'dr' } } }, '', path);

    expect(after.body.spec.replicas).toBe(1);
  });

  it('finds list items by their keys, and names them so', async () => {
    const container = (fields: object) => ({
      spec: { template: { spec: { containers: [{ name: 'chatbot-api', ...fields }] } } },
    });

    const refused = await apply('gitops', container({ image: 'other:2' }));
    const same = await apply('gitops', container({ ports: [{ containerPort: 8080 }] }));

    expect(refused.body.message).toContain('.spec.template.spec.containers[name="chatbot-api"].image');
    expect(same.status).toBe(200);
    expect(managers(same.body)['gitops Apply']).toEqual({
      'f:spec': {
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"chatbot-api"}': {
                '.': {},
                'f:name': {},
                'f:ports': { 'k:{"containerPort":8080,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
              },
            },
          },
        },
      },
    });
    expect(same.body.spec.template.spec.containers[0].ports).toEqual([{ containerPort: 8080, protocol: 'TCP' }]);
  });

  it('changes nothing in a dry run, and nothing the second time', async () => {
    const before = await read();
    const dry = await apply('gitops', replicas(5), '&force=true&dryRun=All');
    const still = await read();
    const first = await apply('gitops', replicas(2));
    const second = await apply('gitops', replicas(2));

    expect(dry.body.spec.replicas).toBe(5);
    expect(still).toEqual(before);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  it('gives a field to whoever writes it otherwise: a patch, the scale, the autoscaler', async () => {
    const { west, world } = clusters;
    await apply('gitops', replicas(5), '&force=true');
    const owns = async () =>
      (await read()).metadata.managedFields
        .filter(({ fieldsV1 }: Entry) => JSON.stringify(fieldsV1).includes('f:replicas'))
        .map(({ manager, operation, subresource }: Entry) => [manager, operation, subresource ?? '']);

    const fieldManager = 'somebody';
    await west.apps.patchNamespacedDeployment({ ...api, fieldManager, body: replicas(4) }, mergePatch);
    const patched = await owns();
    // The autoscaler must not come before the look.
    world.setSpeed(0);
    await west.apps.patchNamespacedDeploymentScale({ ...api, fieldManager, body: replicas(1) }, mergePatch);
    const scaled = await owns();
    world.setSpeed(100);
    await until(world, () => world.state.kubernetes[WEST]?.deployments['chatbot-api']?.replicas === 2);
    const corrected = await owns();
    const refused = await apply('gitops', replicas(6));

    expect([patched, scaled, corrected]).toEqual([
      [['somebody', 'Update', '']],
      [['somebody', 'Update', 'scale']],
      [['kube-controller-manager', 'Update', 'scale']],
    ]);
    expect(refused.body.message).toContain(
      'conflict with "kube-controller-manager" with subresource "scale" using apps/v1',
    );
  });

  it('creates what is not there, where the world can carry it', async () => {
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'auth-service' },
        minReplicas: 2,
        maxReplicas: 4,
      },
    };

    const created = await apply('gitops', autoscaler, '', `${AUTOSCALERS}/auth-service`);
    const refused = await apply('gitops', {}, '', `${DEPLOYMENT}-two`);

    expect([created.status, created.body.spec.maxReplicas]).toEqual([201, 4]);
    expect(managers(created.body)['gitops Apply']).toBeDefined();
    expect(refused.body).toMatchObject({
      code: 422,
      message: expect.stringContaining('spec.selector: Required value'),
    });
  });

  it('lets nobody’s fields be taken over, after somebody wrote that they are nobody’s', async () => {
    const patch = [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }];
    await clusters.west.apps.patchNamespacedDeployment({ ...api, body: patch });

    const cleared = await read();
    const refused = await apply('gitops', replicas(5));

    expect(cleared.metadata.managedFields).toBeUndefined();
    expect(refused.body.message).toContain('conflict with "before-first-apply"');
  });

  it.each([
    ['no manager', '', {}, '', 422, 'fieldManager: Required value: is required for apply patch'],
    [
      'a field that the kind does not have',
      'x',
      { spec: { replcas: 1 } },
      '',
      500,
      '.spec.replcas: field not declared in schema',
    ],
    [
      'managed fields',
      'x',
      { metadata: { managedFields: [{ manager: 'x' }] } },
      '',
      400,
      'metadata.managedFields must be nil',
    ],
    ['another name', 'x', { metadata: { name: 'other' } }, '', 400, 'does not match the name on the URL'],
    [
      'a version that is not the current one',
      'x',
      { metadata: { resourceVersion: '1' } },
      '',
      409,
      'the object has been modified',
    ],
    ['no kind', 'x', { kind: undefined }, '', 400, 'invalid object type'],
  ])('refuses %s', async (_, manager, fields, parameters, code, message) => {
    const refused = await apply(manager, fields, parameters);

    expect(refused.body).toMatchObject({ kind: 'Status', code, message: expect.stringContaining(message) });
  });

  it('takes YAML, and says so when it is none', async () => {
    const send = (body: string) =>
      clusters.wire(WEST).call('PATCH', `${DEPLOYMENT}?fieldManager=x&force=true`, {
        'content-type': 'application/apply-patch+yaml',
        body,
      });

    const taken = await send('apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 3\n');
    const refused = await send('apiVersion: [');

    expect([taken.body.spec.replicas, refused.body.code]).toEqual([3, 400]);
  });
});
