import type { JsonObject } from './json.ts';
import { openApiDocument, openApiIndex } from './openapi/document.ts';
import { apiVersion, type Resource, type Subresource } from './resource.ts';
import { resources } from './resources/index.ts';
import { reviews } from './reviews.ts';

const VERSION = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.4-eks-simulated',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.24.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** What the discovery paths answer; undefined where the path is none of them. A trailing slash changes nothing. */
export function discovery(path: string): JsonObject | string | undefined {
  const [root, group, version, ...rest] = path.split('/').filter(Boolean);
  if (root === 'openapi' && group === 'v3') {
    return version ? openApiDocument([version, ...rest].join('/')) : openApiIndex();
  }
  if (rest.length > 0) return undefined;
  if (root === 'version' && !group) return VERSION;
  if (['healthz', 'livez', 'readyz'].includes(root ?? '') && !group) return 'ok';
  if (root === 'api') {
    if (!group) return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    if (!version && group === 'v1') return resourceList('', 'v1');
  }
  if (root === 'apis') {
    if (!group) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(apiGroup) };
    if (!groups().includes(group)) return undefined;
    if (!version) return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) };
    if (versionsOf(group).includes(version)) return resourceList(group, version);
  }
  return undefined;
}

const served: readonly { group: string; version: string }[] = [...resources, ...reviews];

/** Named groups; the core group has a path of its own. */
export const groups = () => [...new Set(served.map(({ group }) => group).filter(Boolean))];

export const versionsOf = (group: string) => [
  ...new Set(served.filter((one) => one.group === group).map(({ version }) => version)),
];

function apiGroup(name: string): JsonObject {
  const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] ?? {} };
}

function resourceList(group: string, version: string): JsonObject {
  const inGroup = (one: { group: string; version: string }) => one.group === group && one.version === version;
  const entries = resources
    .filter(inGroup)
    .flatMap((resource) => [
      entry(resource),
      ...Object.entries(resource.subresources ?? {}).map(([name, subresource]) =>
        subresourceEntry(resource, name, subresource),
      ),
      ...Object.keys(resource.texts ?? {}).map((name) => textEntry(resource, name)),
    ]);
  const reviewEntries = reviews.filter(inGroup).map(({ plural, kind }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs: ['create'],
  }));
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersion({ group, version }),
    resources: [...entries, ...reviewEntries],
  };
}

function entry(resource: Resource): JsonObject {
  return {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: [...resource.verbs],
    ...(resource.shortNames.length > 0 ? { shortNames: [...resource.shortNames] } : {}),
    ...(resource.categories ? { categories: [...resource.categories] } : {}),
  };
}

function textEntry({ plural, kind, namespaced }: Resource, name: string): JsonObject {
  return { name: `${plural}/${name}`, singularName: '', namespaced, kind, verbs: ['get'] };
}

function subresourceEntry(resource: Resource, name: string, subresource: Subresource): JsonObject {
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    group: subresource.group,
    version: subresource.version,
    kind: subresource.kind,
    verbs: [...subresource.verbs],
  };
}
