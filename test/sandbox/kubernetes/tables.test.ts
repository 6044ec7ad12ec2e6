import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { humanDuration } from '../../../sandbox/kubernetes/tables/duration.ts';
import { createWorld, NAMESPACE, startClusters, WEST } from './world.ts';

const TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

describe('an age', () => {
  it.each([
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [2 * MINUTE, '2m'],
    [9 * MINUTE + 59, '9m59s'],
    [10 * MINUTE + 1, '10m'],
    [179 * MINUTE, '179m'],
    [7 * HOUR + 30 * MINUTE, '7h30m'],
    [47 * HOUR, '47h'],
    [3 * DAY + 5 * HOUR, '3d5h'],
    [90 * DAY, '90d'],
    [800 * DAY, '2y70d'],
    [9 * 365 * DAY, '9y'],
  ])('of %i s is written %s', (seconds, text) => {
    expect(humanDuration(seconds * 1000)).toBe(text);
  });
});

describe('tables', () => {
  let clusters: Awaited<ReturnType<typeof startClusters>>;
  const table = async (path: string, accept = TABLE) => (await clusters.wire(WEST).call('GET', path, { accept })).body;
  const columns = (body: { columnDefinitions: { name: string; priority: number }[] }) =>
    body.columnDefinitions.map(({ name, priority }) => (priority === 0 ? name : `(${name})`)).join(' ');

  beforeAll(async () => {
    clusters = await startClusters({ world: createWorld({ speed: 100, ahead: 40 * DAY * 1000 }) });
  });

  afterAll(() => clusters.close());

  it.each([
    [
      `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
      'Name Ready Up-to-date Available Age (Containers) (Images) (Selector)',
    ],
    [
      `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`,
      'Name Desired Current Ready Age (Containers) (Images) (Selector)',
    ],
    [
      `/api/v1/namespaces/${NAMESPACE}/pods`,
      'Name Ready Status Restarts Age (IP) (Node) (Nominated Node) (Readiness Gates)',
    ],
    [
      '/api/v1/nodes',
      'Name Status Roles Age Version (Internal-IP) (External-IP) (OS-Image) (Kernel-Version) (Container-Runtime)',
    ],
    [
      `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers`,
      'Name Reference Targets MinPods MaxPods Replicas Age',
    ],
    [
      `/api/v1/namespaces/${NAMESPACE}/events`,
      'Last Seen Type Reason Object (Subobject) (Source) Message (First Seen) (Count) (Name)',
    ],
    [`/api/v1/namespaces/${NAMESPACE}/secrets`, 'Name Type Data Age'],
    ['/api/v1/namespaces', 'Name Status Age'],
  ])('%s has the columns of the real server', async (path, expected) => {
    const body = await table(path);

    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(columns(body)).toBe(expected);
  });

  it('tells ages in world time, and of the objects their metadata alone', async () => {
    const before = await table('/api/v1/namespaces');
    const after = await table(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/auth-service`);

    expect(before.rows[0].object).toMatchObject({
      kind: 'PartialObjectMetadata',
      metadata: { name: expect.any(String) },
    });
    expect(after.rows).toHaveLength(1);
    expect(after.rows[0].cells.slice(0, 2)).toEqual(['auth-service', '1/1']);
    expect(after.rows[0].cells[4]).toBe('130d');
  });

  it('includes whole objects or none when it is asked to', async () => {
    const whole = await table(`/api/v1/namespaces/${NAMESPACE}/secrets?includeObject=Object`);
    const none = await table(`/api/v1/namespaces/${NAMESPACE}/secrets?includeObject=None`);

    expect(whole.rows[0].object).toMatchObject({ kind: 'Secret', type: 'Opaque' });
    expect(none.rows[0].object).toBeNull();
  });

  it('gives plain objects to those who want no table, metadata to those who want that, and 406 to others', async () => {
    const plain = await table('/api/v1/namespaces', '*/*');
    const partial = await table(
      '/api/v1/namespaces',
      'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    );
    const refused = await table('/api/v1/namespaces', 'application/vnd.kubernetes.protobuf');

    expect(plain.kind).toBe('NamespaceList');
    expect(partial.kind).toBe('PartialObjectMetadataList');
    expect(refused).toMatchObject({ kind: 'Status', code: 406, reason: 'NotAcceptable' });
  });
});
