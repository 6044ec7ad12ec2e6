import { type JsonObject, objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, nameColumn, objectsAt, wide } from './column.ts';

const information = (name: string) => (object: JsonObject) =>
  textOf(objectAt(object, 'status', 'nodeInfo')[name]) || '<unknown>';

const address = (type: string) => (object: JsonObject) =>
  textOf(objectsAt(object, 'status', 'addresses').find((one) => one.type === type)?.address) || '<none>';

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', 'The status of the node', (object) => {
    const ready = objectsAt(object, 'status', 'conditions').find(({ type }) => type === 'Ready');
    if (!ready) return 'Unknown';
    return ready.status === 'True' ? 'Ready' : 'NotReady';
  }),
  column('Roles', 'The roles of the node', () => '<none>'),
  ageColumn,
  column('Version', 'Kubelet version reported by the node.', information('kubeletVersion')),
  wide(column('Internal-IP', 'Address within the cluster.', address('InternalIP'))),
  wide(column('External-IP', 'Address outside of the cluster.', address('ExternalIP'))),
  wide(column('OS-Image', 'Operating system of the node.', information('osImage'))),
  wide(column('Kernel-Version', 'Kernel of the node.', information('kernelVersion'))),
  wide(column('Container-Runtime', 'What runs the containers.', information('containerRuntimeVersion'))),
];
