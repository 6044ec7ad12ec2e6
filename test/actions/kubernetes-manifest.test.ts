import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readyPods } from '../../sandbox/kubernetes/rollout.ts';
import { benchOf } from '../support/actions.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const PAGE = `
apiVersion: v1
kind: ConfigMap
metadata: { name: page }
data: { index.html: "<h1>Back soon</h1>" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: page, labels: { app: page } }
spec:
  replicas: 2
  selector: { matchLabels: { app: page } }
  template:
    metadata: { labels: { app: page } }
    spec:
      containers:
        - name: page
          image: nginx:1.29-alpine
          ports: [{ containerPort: 8080 }]
          resources: { requests: { cpu: 50m, memory: 32Mi } }
          volumeMounts: [{ name: files, mountPath: /usr/share/nginx/html }]
      volumes: [{ name: files, configMap: { name: page } }]
---
apiVersion: v1
kind: Service
metadata: { name: page }
spec: { selector: { app: page }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: page
  annotations: { alb.ingress.kubernetes.io/group.name: public, alb.ingress.kubernetes.io/group.order: "-1" }
spec:
  ingressClassName: alb
  rules:
    - host: \${{ system.dns.record }}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: page, port: { number: 80 } } } }] }
`;
const east = { region: 'us-east-1', manifest: 'page.yaml' };
const KEYS = ['ConfigMap page', 'Deployment page', 'Service page', 'Ingress page'];

let bench: TestWorld;
let act: ReturnType<typeof benchOf>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60 });
  act = benchOf(bench, {
    'page.yaml': PAGE,
    'other.yaml': PAGE.replaceAll('name: page', 'name: chatbot-api'),
    'older.yaml': PAGE.replace('Back soon', 'Closed'),
  });
});
afterAll(() => bench.close());

const cluster = () => {
  const found = bench.world.state.kubernetes['us-east-1'];
  if (!found) throw new Error('no cluster');
  return found;
};
/** What users are answered by the region that they are sent to. */
const asUser = async () => {
  const { outputs } = await act.run('http.check', { url: bench.system.endpoints.ready['us-east-1'] ?? '' });
  return outputs.status;
};

/** What users read there. */
async function page() {
  const signal = AbortSignal.timeout(20_000);
  const client = bench.clients.http.client(signal);
  try {
    return await client.send({ url: bench.system.endpoints.health, timeoutMs: 20_000 }, signal);
  } finally {
    await client.close();
  }
}

describe('k8s.apply and k8s.delete-manifest', () => {
  it('bring a page about that users see, once, and take it away', async () => {
    const planned = await act.look('k8s.apply', east);
    const applied = await act.run('k8s.apply', east);
    const pods = readyPods(cluster(), 'page', bench.world.clock.now());
    const again = await act.run('k8s.apply', east);
    const seen = await page();
    const deleted = await act.run('k8s.delete-manifest', east);

    expect(planned.change.changes.map(({ what, before }) => `${what}: ${before}`)).toEqual(
      KEYS.map((key) => `${key} in us-east-1: absent`),
    );
    expect(applied.outputs).toEqual({
      objects: KEYS,
      before: Object.fromEntries(KEYS.map((key) => [key, 'absent'])),
    });
    expect(pods).toHaveLength(2);
    expect(again).toMatchObject({ changes: [], calls: [] });
    expect(seen).toMatchObject({ status: 503, text: expect.stringContaining('<h1>Back soon</h1>') });
    expect(deleted.calls).toEqual([
      'kubernetes delete ingresses',
      'kubernetes delete services',
      'kubernetes delete deployments',
      'kubernetes delete configmaps',
    ]);
    expect(await asUser()).toBe(200);
  });

  it('are taken back: what was created goes, and what was deleted comes back', async () => {
    const applied = await act.run('k8s.apply', east);
    const { undone } = await act.undo('k8s.apply', east, { outputs: applied.outputs });
    const gone = await act.look('k8s.apply', east);
    await act.run('k8s.apply', east);
    const deleted = await act.run('k8s.delete-manifest', east);
    const back = await act.undo('k8s.delete-manifest', east, { outputs: deleted.outputs });
    const there = await act.look('k8s.apply', east);
    await act.run('k8s.delete-manifest', east);

    expect(undone.changes).toHaveLength(4);
    expect(new Set(Object.values(gone.facts.objects ?? {}))).toEqual(new Set(['absent']));
    expect(back.undone.changes).toHaveLength(4);
    expect(new Set(Object.values(there.facts.objects ?? {}))).toEqual(new Set(['applied']));
  });

  it('take nothing over that somebody else has', async () => {
    const other = { region: 'us-east-1', manifest: 'other.yaml' };
    const applying = act.run('k8s.apply', other);

    await expect(applying).rejects.toMatchObject({ code: 'kubernetes.not-ours', name: 'Permanent' });
    await expect(act.look('k8s.apply', { region: 'us-east-1', manifest: 'none.yaml' })).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });

  it('delete nothing that somebody else has', async () => {
    const other = { region: 'us-east-1', manifest: 'other.yaml' };
    const { change } = await act.look('k8s.delete-manifest', other);
    const calls = bench.carriedOut().length;
    const deleting = act.run('k8s.delete-manifest', other);

    await expect(deleting).rejects.toMatchObject({ code: 'kubernetes.not-ours', name: 'Permanent' });
    expect(change.changes.map(({ what }) => what)).not.toContain('Deployment chatbot-api in us-east-1');
    expect(bench.carriedOut()).toHaveLength(calls);
    expect(cluster().deployments['chatbot-api']).toBeDefined();
  });

  it('bring back what an earlier text of the file had brought, as the file has it now', async () => {
    await act.run('k8s.apply', { ...east, manifest: 'older.yaml' });
    const deleted = await act.run('k8s.delete-manifest', east);
    const { undone } = await act.undo('k8s.delete-manifest', east, { outputs: deleted.outputs });
    await act.run('k8s.delete-manifest', east);

    expect(Object.values(deleted.outputs.before ?? {})).toContain('ours');
    expect(undone.changes).toHaveLength(4);
  });
});
