import { parseAllDocuments, stringify } from 'yaml';
import type { KubernetesVerb, NamespacedResource } from '../domain/permissions.ts';
import type { System } from '../domain/system.ts';
import type { Needs } from './needs.ts';

export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: readonly KubernetesVerb[];
}

/** Whom the roles are bound to; an EKS access entry maps the bot's IAM role to this group. */
const GROUP = 'lifeboat';
const API = 'rbac.authorization.k8s.io';

/**
 * The Kubernetes roles of what is needed, as a manifest for the cluster of each region: a Role in the system's namespace,
 * a ClusterRole for nodes and for the room that pods of all namespaces take, and their bindings. `config` are the texts of
 * the system's config files, by name. '' where nothing is needed.
 */
export function rbacManifest(
  name: string,
  needs: Needs,
  { system, config }: { system: System; config: Readonly<Record<string, string>> },
): string {
  const { namespace } = system.kubernetes;
  const documents = [
    ...roleOf({ kind: 'Role', name, namespace }, namespaceRules(needs, system, config)),
    ...roleOf({ kind: 'ClusterRole', name }, clusterRules(needs)),
  ];
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}

function roleOf(
  { kind, ...metadata }: { kind: 'Role' | 'ClusterRole'; name: string; namespace?: string },
  rules: Rule[],
): object[] {
  if (rules.length === 0) return [];
  return [
    { apiVersion: `${API}/v1`, kind, metadata, rules },
    {
      apiVersion: `${API}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: API, kind, name: metadata.name },
      subjects: [{ apiGroup: API, kind: 'Group', name: GROUP }],
    },
  ];
}

function clusterRules({ permissions }: Needs): Rule[] {
  return Object.entries(permissions.cluster).map(([resource, verbs = []]) => ruleOf(resource, verbs));
}

function namespaceRules(
  { permissions, names }: Needs,
  system: System,
  config: Readonly<Record<string, string>>,
): Rule[] {
  const entries = Object.entries(permissions.namespace) as [NamespacedResource, readonly KubernetesVerb[]][];
  return entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([resource, verbs]) => {
      switch (resource) {
        case 'objects of the manifest':
          return names.manifest.flatMap((file) => manifestRules(config[file] ?? '', verbs));
        case 'secrets (named by system.yaml)':
          return [
            {
              ...ruleOf('secrets', verbs),
              resourceNames: [...new Set([system.kubernetes.secret.name, ...names.secret])],
            },
          ];
        default:
          return [ruleOf(resource, verbs)];
      }
    });
}

/** The objects of a manifest by their names; what is created has no name yet that a rule could hold on to. */
function manifestRules(text: string, verbs: readonly KubernetesVerb[]): Rule[] {
  const objects = parseAllDocuments(text).map(
    (document) => document.toJS() as { apiVersion: string; kind: string; metadata: { name: string } } | null,
  );
  return objects.flatMap((object) => {
    if (object === null) return [];
    const [group = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : [];
    const resource = group === '' ? resourceOf(object.kind) : `${group}/${resourceOf(object.kind)}`;
    const named = verbs.filter((verb) => verb !== 'create');
    return [
      { ...ruleOf(resource, named), resourceNames: [object.metadata.name] },
      ...(named.length < verbs.length ? [ruleOf(resource, ['create'])] : []),
    ];
  });
}

/** The resource of a kind as Kubernetes itself guesses it (`UnsafeGuessKindToResource`): `ingresses` of `Ingress`. */
function resourceOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('endpoints')) return word;
  if (word.endsWith('s')) return `${word}es`;
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** `apps/deployments/scale` is the subresource `deployments/scale` of the group `apps`; `pods/log` is of the core group. */
function ruleOf(resource: string, verbs: readonly KubernetesVerb[]): Rule {
  const [first = '', ...rest] = resource.split('/');
  const isCore = rest.length === 0 || CORE.has(first);
  return {
    apiGroups: [isCore ? '' : first],
    resources: [isCore ? resource : rest.join('/')],
    verbs,
  };
}

const CORE: ReadonlySet<string> = new Set(['pods']);
