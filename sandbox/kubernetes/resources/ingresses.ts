import { type JsonObject, objectAt, textOf } from '../json.ts';
import type { ClusterContext } from '../resource.ts';
import { invalid } from '../status.ts';
import { objectsAt } from '../tables/column.ts';
import { ingressColumns } from '../tables/ingresses.ts';
import { plainResource } from './plain.ts';

const KIND = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', plural: 'ingresses', singular: 'ingress' };
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];

/** Rules of the region's load balancer; those of one ALB group are one list, in the order that they ask for. */
export const ingresses = plainResource({
  ...KIND,
  shortNames: ['ing'],
  columns: ingressColumns,
  hasGeneration: true,
  complete,
  status: ({ system, cluster }) => {
    const host = system.loadBalancers[cluster.region]?.host;
    return { loadBalancer: host === undefined ? {} : { ingress: [{ hostname: host }] } };
  },
});

function complete(_: ClusterContext, name: string, content: JsonObject): JsonObject {
  const spec = objectAt(content, 'spec');
  const rules = objectsAt(spec, 'rules');
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    throw invalid(KIND, name, 'spec', 'Invalid value: []: either `defaultBackend` or `rules` must be specified');
  }
  for (const [index, rule] of rules.entries()) {
    for (const [number, path] of objectsAt(rule, 'http', 'paths').entries()) {
      const field = `spec.rules[${index}].http.paths[${number}]`;
      if (!PATH_TYPES.includes(textOf(path.pathType))) {
        const problem = path.pathType === undefined ? 'Required value: pathType must be specified' : notSupported(path);
        throw invalid(KIND, name, `${field}.pathType`, problem);
      }
      const service = objectAt(path, 'backend', 'service');
      if (!textOf(service.name)) throw invalid(KIND, name, `${field}.backend.service.name`, 'Required value');
    }
  }
  return content;
}

const notSupported = ({ pathType }: JsonObject) =>
  `Unsupported value: ${JSON.stringify(pathType)}: supported values: ${PATH_TYPES.map((type) => `"${type}"`).join(', ')}`;
