import { groups, versionsOf } from './discovery.ts';
import type { JsonObject } from './json.ts';
import type { Accepted } from './negotiate.ts';
import { resources } from './resources/index.ts';
import { reviews } from './reviews.ts';

/** The media type of the answer, as the client must find it. */
export const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const isWanted = ({ parameters: { g, v, as } }: Accepted) =>
  g === 'apidiscovery.k8s.io' && v === 'v2' && as === 'APIGroupDiscoveryList';

/** Every kind of the core (`/api`) or the named groups (`/apis`) at once, for clients that ask for that; undefined for others. */
export function aggregatedDiscovery(path: string, accepted: readonly Accepted[]): JsonObject | undefined {
  if (!accepted.some(isWanted)) return undefined;
  const root = path.replace(/\/$/, '');
  if (root !== '/api' && root !== '/apis') return undefined;
  const names = root === '/api' ? [''] : groups();
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: names.map((group) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versionsOf(group).map((version) => ({
        version,
        freshness: 'Current',
        resources: [...kinds(group, version), ...questions(group, version)],
      })),
    })),
  };
}

function kinds(group: string, version: string): JsonObject[] {
  return resources
    .filter((resource) => resource.group === group && resource.version === version)
    .map((resource) => ({
      resource: resource.plural,
      responseKind: { group, version, kind: resource.kind },
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: resource.singular,
      verbs: [...resource.verbs],
      ...(resource.shortNames.length > 0 ? { shortNames: [...resource.shortNames] } : {}),
      ...(resource.categories ? { categories: [...resource.categories] } : {}),
      ...(resource.subresources
        ? {
            subresources: Object.entries(resource.subresources).map(([subresource, view]) => ({
              subresource,
              responseKind: { group: view.group, version: view.version, kind: view.kind },
              verbs: [...view.verbs],
            })),
          }
        : {}),
    }));
}

function questions(group: string, version: string): JsonObject[] {
  return reviews
    .filter((review) => review.group === group && review.version === version)
    .map(({ plural, kind }) => ({
      resource: plural,
      responseKind: { group, version, kind },
      scope: 'Cluster',
      singularResource: kind.toLowerCase(),
      verbs: ['create'],
    }));
}
