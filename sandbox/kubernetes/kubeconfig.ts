import { stringify } from 'yaml';
import { USER } from './role.ts';

/** A kubeconfig (YAML) with one context per cluster, a bearer token, and the authority's certificate. */
export function renderKubeconfig({
  clusters,
  namespace,
  token,
  certificate,
}: {
  /** Context name → URL of its API. */
  clusters: Record<string, string>;
  namespace: string;
  token: string;
  certificate: string;
}): string {
  const contexts = Object.entries(clusters);
  const authority = Buffer.from(certificate).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: contexts.map(([name, server]) => ({
      name,
      cluster: { server, 'certificate-authority-data': authority },
    })),
    users: [{ name: USER, user: { token } }],
    contexts: contexts.map(([name]) => ({ name, context: { cluster: name, user: USER, namespace } })),
    'current-context': contexts[0]?.[0] ?? '',
  });
}
