import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NAMESPACE, startClusters, WEST } from './world.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;

describe('what clients find out by themselves', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>>;
  const get = (path: string, headers: Record<string, string> = {}) => clusters.wire(WEST).call('GET', path, headers);
  const put = (query: string, fields: object) =>
    clusters.wire(WEST).call('PATCH', `${SECRETS}/db-credentials?${query}`, {
      'content-type': 'application/merge-patch+json',
      body: JSON.stringify(fields),
    });

  beforeAll(async () => {
    clusters = await startClusters();
  });

  afterAll(() => clusters.close());

  it('is told at once to those who ask for that, and group by group to others, alike', async () => {
    const whole = await get('/apis', { accept: `${AGGREGATED},application/json` });
    const groups = await get('/apis', { accept: 'application/json' });
    const apps = await get('/apis/apps/v1');

    expect(whole.headers['content-type']).toBe(AGGREGATED);
    expect(whole.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(
      groups.body.groups.map(({ name }: { name: string }) => name),
    );
    const [version] = whole.body.items[0].versions;
    expect(version.resources[0]).toMatchObject({
      resource: 'deployments',
      categories: ['all'],
      shortNames: ['deploy'],
      subresources: [{ subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }],
    });
    expect(apps.body.resources.map(({ name }: { name: string }) => name)).toEqual([
      'deployments',
      'deployments/scale',
      'replicasets',
    ]);
  });

  it('has OpenAPI of every kind: its fields, how lists are merged, and what its requests take', async () => {
    const index = await get('/openapi/v3');
    const { serverRelativeURL } = index.body.paths['apis/apps/v1'];
    const document = (await get(serverRelativeURL)).body;
    const unknown = await get('/openapi/v3/apis/policy/v1');

    const { Deployment, PodSpec } = document.components.schemas;
    expect(Object.keys(index.body.paths)).toEqual([
      'api/v1',
      'apis/apps/v1',
      'apis/autoscaling/v2',
      'apis/networking.k8s.io/v1',
      'apis/batch/v1',
    ]);
    expect(Deployment['x-kubernetes-group-version-kind']).toEqual([
      { group: 'apps', version: 'v1', kind: 'Deployment' },
    ]);
    expect(PodSpec.properties.containers).toMatchObject({
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    const { patch } = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['fieldValidation', 'dryRun']),
    );
    expect(unknown.status).toBe(404);
  });

  it.each([
    ['warns of', '', 200, '299 - "unknown field \\"metadata.lables\\""'],
    ['warns of', 'fieldValidation=Warn', 200, '299 - "unknown field \\"metadata.lables\\""'],
    ['drops in silence', 'fieldValidation=Ignore', 200, undefined],
    ['refuses', 'fieldValidation=Strict', 400, undefined],
  ])('%s a field that a kind does not have (%s)', async (_, query, status, warning) => {
    const answer = await put(query, { metadata: { lables: { a: 'b' } } });

    expect([answer.status, answer.headers.warning]).toEqual([status, warning]);
    expect(answer.body.metadata.lables).toBeUndefined();
  });

  it('answers what somebody may do, in his namespace and elsewhere', async () => {
    const ask = async (resourceAttributes: object) => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const body = JSON.stringify({ spec: { resourceAttributes } });
      const answer = await clusters.wire(WEST).call('POST', path, { 'content-type': 'application/json', body });
      return [answer.status, answer.body.status.allowed];
    };

    const own = await ask({ verb: 'patch', resource: 'deployments', group: 'apps', namespace: NAMESPACE });
    const reading = await ask({ verb: 'list', resource: 'nodes' });
    const writing = await ask({ verb: 'patch', resource: 'nodes' });
    const elsewhere = await ask({ verb: 'get', resource: 'secrets', namespace: 'kube-system' });

    expect([own, reading, writing, elsewhere]).toEqual([
      [201, true],
      [201, true],
      [201, false],
      [201, false],
    ]);
    expect(clusters.world.state.calls.at(-1)).toMatchObject({ mutating: false });
  });
});
