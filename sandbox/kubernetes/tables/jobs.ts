import { type JsonObject, objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, nameColumn, objectsAt, templateColumns } from './column.ts';
import { humanDuration } from './duration.ts';

export const jobColumns: readonly Column[] = [
  nameColumn,
  column('Status', 'Whether it runs or has ended.', statusOf),
  column('Completions', 'Pods that have done their work, of those that shall.', (object) => {
    const [{ succeeded }, { completions }] = [objectAt(object, 'status'), objectAt(object, 'spec')];
    return `${textOf(succeeded ?? 0)}/${textOf(completions ?? 1)}`;
  }),
  column('Duration', 'World time that it took or takes.', (object, now) => {
    const { startTime, completionTime } = objectAt(object, 'status');
    if (typeof startTime !== 'string') return '';
    const end = typeof completionTime === 'string' ? Date.parse(completionTime) : now;
    return humanDuration(end - Date.parse(startTime));
  }),
  ageColumn,
  ...templateColumns,
];

function statusOf(object: JsonObject): string {
  const types = objectsAt(object, 'status', 'conditions')
    .filter(({ status }) => status === 'True')
    .map(({ type }) => type);
  return ['Complete', 'Failed', 'Suspended'].find((type) => types.includes(type)) ?? 'Running';
}
