import { createHash } from 'node:crypto';
import { type JsonObject, objectAt, textOf } from '../json.ts';
import type { ClusterContext } from '../resource.ts';
import { invalid, notSimulated } from '../status.ts';
import { objectsAt } from '../tables/column.ts';
import { serviceColumns } from '../tables/services.ts';
import { plainResource } from './plain.ts';

const KIND = { group: '', version: 'v1', kind: 'Service', plural: 'services', singular: 'service' };

/** Services of type ClusterIP: a name for the ready pods that its selector takes in. */
export const services = plainResource({
  ...KIND,
  shortNames: ['svc'],
  categories: ['all'],
  columns: serviceColumns,
  complete,
  status: () => ({ loadBalancer: {} }),
});

function complete(
  { cluster }: ClusterContext,
  name: string,
  content: JsonObject,
  before: JsonObject | undefined,
): JsonObject {
  const spec = objectAt(content, 'spec');
  const { type = 'ClusterIP', clusterIP } = spec;
  if (type !== 'ClusterIP') throw notSimulated(KIND, name, `services of type ${textOf(type)}`);
  const ports = objectsAt(spec, 'ports');
  if (ports.length === 0) throw invalid(KIND, name, 'spec.ports', 'Required value');
  for (const [index, { port }] of ports.entries()) {
    if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536) continue;
    const problem = `Invalid value: ${JSON.stringify(port ?? 0)}: must be between 1 and 65535, inclusive`;
    throw invalid(KIND, name, `spec.ports[${index}].port`, problem);
  }
  const given = textOf(clusterIP) || textOf(objectAt(before ?? {}, 'spec').clusterIP);
  if (before && clusterIP !== undefined && clusterIP !== objectAt(before, 'spec').clusterIP) {
    throw invalid(KIND, name, 'spec.clusterIP', `Invalid value: ${JSON.stringify(clusterIP)}: field is immutable`);
  }
  const address = given || addressOf(cluster.region, name);
  return {
    ...content,
    spec: {
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      ...spec,
      type,
      clusterIP: address,
      clusterIPs: [address],
      ports: ports.map((port) => ({ protocol: 'TCP', targetPort: port.port ?? 0, ...port })),
    },
  };
}

function addressOf(region: string, name: string): string {
  const [a = 0, b = 0] = createHash('sha256').update(`${region} service ${name}`).digest();
  return `172.20.${a}.${1 + (b % 254)}`;
}
