import { isObject, type Json, type JsonObject, sameJson, stringsAt } from '../json.ts';
import type { Schema } from '../schema/schema.ts';
import { leavesOf } from './leaves.ts';
import { ownable, type Writer } from './ownership.ts';
import type { FieldSet } from './paths.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The one manager that goes over from applying by itself; others are strangers to what kubectl applied. */
const isKubectl = ({ manager }: Writer) => manager === 'kubectl';

/** Fields that kubectl applied by itself earlier and that are still as it left them: it may take them over. */
export function fieldsToTakeOver(live: JsonObject, schema: Schema, writer: Writer): FieldSet {
  const text = stringsAt(live, 'metadata', 'annotations')[LAST_APPLIED];
  if (text === undefined || !isKubectl(writer)) return new Set();
  const applied = parsed(text);
  if (!isObject(applied)) return new Set();
  const now = leavesOf(ownable(live), schema);
  const same = [...leavesOf(ownable(applied), schema)].filter(([path, value]) => sameJson(now.get(path), value));
  return new Set(same.map(([path]) => path));
}

/** Where kubectl noted what it applied, the note follows, so that it may go back to applying by itself. */
export function noteApplied(object: JsonObject, configuration: JsonObject, writer: Writer): JsonObject {
  const annotations = stringsAt(object, 'metadata', 'annotations');
  if (annotations[LAST_APPLIED] === undefined || !isKubectl(writer)) return object;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const note = `${JSON.stringify(configuration)}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: note } } };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
