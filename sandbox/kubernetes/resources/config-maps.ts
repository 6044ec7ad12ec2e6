import { isObject, objectAt } from '../json.ts';
import { badRequest, invalid } from '../status.ts';
import { configMapColumns } from '../tables/simple.ts';
import { plainResource } from './plain.ts';

const KIND = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', singular: 'configmap' };

export const configMaps = plainResource({
  ...KIND,
  shortNames: ['cm'],
  columns: configMapColumns,
  complete(_, name, content, before) {
    if (content.data !== undefined && !isObject(content.data)) {
      throw badRequest('ConfigMap in version "v1" cannot be handled as a ConfigMap: data must be an object');
    }
    for (const [key, value] of Object.entries(objectAt(content, 'data'))) {
      if (typeof value !== 'string') {
        throw badRequest(
          'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal into Go struct field ConfigMap.data of type string',
        );
      }
      if (/^[-._a-zA-Z0-9]+$/.test(key)) continue;
      const problem = `Invalid value: ${JSON.stringify(key)}: a valid config key must consist of alphanumeric characters, '-', '_' or '.'`;
      throw invalid(KIND, name, `data[${key}]`, problem);
    }
    if (before?.immutable === true) {
      throw invalid(KIND, name, 'data', 'Forbidden: field is immutable when `immutable` is set');
    }
    return content;
  },
});
