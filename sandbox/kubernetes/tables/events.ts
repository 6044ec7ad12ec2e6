import { type JsonObject, objectAt, textOf } from '../json.ts';
import { type Column, column, nameColumn, since, wide } from './column.ts';

export const eventColumns: readonly Column[] = [
  column('Last Seen', 'When this was seen last.', ({ lastTimestamp, firstTimestamp, count }, now) => {
    const last = since(lastTimestamp ?? undefined, now);
    return Number(count ?? 1) > 1 ? `${last} (x${textOf(count)} over ${since(firstTimestamp, now)})` : last;
  }),
  column('Type', 'Normal or Warning.', ({ type }) => textOf(type)),
  column('Reason', 'Short word for what happened.', ({ reason }) => textOf(reason)),
  column('Object', 'What it happened to.', (object) => {
    const { kind, name } = objectAt(object, 'involvedObject');
    return `${textOf(kind).toLowerCase()}/${textOf(name)}`;
  }),
  wide(column('Subobject', 'Part of it.', (object) => textOf(objectAt(object, 'involvedObject').fieldPath))),
  wide(column('Source', 'Who says so.', source)),
  column('Message', 'What happened.', ({ message }) => textOf(message).trim()),
  wide(column('First Seen', 'When this was seen first.', ({ firstTimestamp }, now) => since(firstTimestamp, now))),
  wide(column('Count', 'How often.', ({ count }) => textOf(count ?? 1))),
  wide({ ...nameColumn }),
];

function source(object: JsonObject): string {
  const { component, host } = objectAt(object, 'source');
  return [component, host].map(textOf).filter(Boolean).join(', ');
}
