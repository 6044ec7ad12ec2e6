import { objectAt, sameJson, textOf } from '../json.ts';
import {
  type KubernetesObject,
  metadata,
  newObject,
  nextVersion,
  type Resource,
  writtenMetadata,
} from '../resource.ts';
import type { SecretState } from '../state.ts';
import { badRequest, invalid, notDeleted, notSimulated } from '../status.ts';
import { secretColumns } from '../tables/simple.ts';

export const secrets: Resource = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  shortNames: [],
  namespaced: true,
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  columns: secretColumns,
  stored: (cluster, name) => cluster.secrets[name],
  list: ({ cluster }) => Object.values(cluster.secrets).map(render),
  get({ cluster }, name) {
    const state = cluster.secrets[name];
    return state && render(state);
  },
  write({ cluster }, name, next) {
    const state = cluster.secrets[name];
    if (!state) return;
    if (next.type !== undefined && next.type !== 'Opaque') {
      throw invalid(secrets, name, 'type', `Invalid value: ${JSON.stringify(next.type)}: field is immutable`);
    }
    const candidate: SecretState = { ...state, ...writtenMetadata(next), data: writtenData(name, next) };
    const changed =
      !sameJson(candidate.data, state.data) ||
      !sameJson(candidate.labels, state.labels) ||
      !sameJson(candidate.annotations, state.annotations);
    if (changed) cluster.secrets[name] = { ...candidate, resourceVersion: nextVersion(cluster) };
  },
  create(context, name, object) {
    if (object.type !== undefined && object.type !== '' && object.type !== 'Opaque') {
      throw notSimulated(secrets, name, `secrets of type ${textOf(object.type)}`);
    }
    const data = writtenData(name, object);
    context.cluster.secrets[name] = { ...newObject(context, object, 'secret'), data };
  },
  remove({ cluster, system }, name) {
    if (name === system.kubernetes.secret.name) {
      throw notDeleted(secrets, name, 'the pods of the sandbox take their database connection from it');
    }
    delete cluster.secrets[name];
    cluster.revision += 1;
  },
};

/** `data` decoded, under `stringData`, which wins and is never read back. */
function writtenData(name: string, next: KubernetesObject): Record<string, string> {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(next, 'data'))) {
    if (typeof value !== 'string' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) {
      throw badRequest('Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0');
    }
    data[key] = Buffer.from(value, 'base64').toString('utf8');
  }
  for (const [key, value] of Object.entries(objectAt(next, 'stringData'))) {
    if (typeof value !== 'string') {
      throw badRequest(
        'Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal into Go struct field Secret.stringData of type string',
      );
    }
    data[key] = value;
  }
  for (const key of Object.keys(data)) {
    if (/^[-._a-zA-Z0-9]+$/.test(key)) continue;
    throw invalid(
      secrets,
      name,
      `data[${key}]`,
      'Invalid value: a valid config key must consist of alphanumeric characters',
    );
  }
  return data;
}

function render(state: SecretState): KubernetesObject {
  const { generation: _, ...objectMetadata } = metadata(state);
  const data = Object.entries(state.data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { metadata: objectMetadata, type: 'Opaque', data: Object.fromEntries(data) };
}
