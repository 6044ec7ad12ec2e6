import { isObject, type Json, type JsonObject } from '../json.ts';

/**
 * A field's place in an object, as the API's FieldsV1 writes it: `f:name` for a field, `k:{"name":"web"}` for the item of
 * a list with these keys, `v:"x"` for a value of a set.
 */
export type Path = readonly string[];

/** Paths as text, so that a Set can hold them; an element is JSON or a name and holds no control characters. */
const SEPARATOR = '\u0000';
export const encode = (path: Path) => path.join(SEPARATOR);
export const decode = (text: string): Path => text.split(SEPARATOR);

export type FieldSet = ReadonlySet<string>;

/** Whether `path` lies below `above` or is it. */
export const isWithin = (path: string, above: string) => path === above || path.startsWith(`${above}${SEPARATOR}`);

/** The set as FieldsV1: nested by path; `.` marks what is a member and has members below it. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const text of [...set].sort()) {
    let here = root;
    for (const element of decode(text)) {
      const next = here[element];
      here[element] = isObject(next) ? next : {};
      here = here[element] as JsonObject;
    }
    here['.'] = {};
  }
  return withoutLonelyDots(root);
}

function withoutLonelyDots(node: JsonObject): JsonObject {
  const children = Object.entries(node).filter(([element]) => element !== '.');
  const rendered = Object.fromEntries(
    children.map(([element, child]) => [element, withoutLonelyDots(child as JsonObject)]),
  );
  return children.length > 0 && node['.'] !== undefined ? { '.': {}, ...rendered } : rendered;
}

export function fromFieldsV1(fields: Json | undefined, above: Path = []): Set<string> {
  const set = new Set<string>();
  if (!isObject(fields)) return set;
  const children = Object.entries(fields).filter(([element]) => element !== '.');
  if (above.length > 0 && (children.length === 0 || fields['.'] !== undefined)) set.add(encode(above));
  for (const [element, child] of children) {
    for (const path of fromFieldsV1(child, [...above, element])) set.add(path);
  }
  return set;
}

/** As conflicts name it: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(path: Path): string {
  return path
    .map((element) => {
      const rest = element.slice(2);
      if (element.startsWith('f:')) return `.${rest}`;
      if (element.startsWith('v:')) return `[=${rest}]`;
      const keys = Object.entries(JSON.parse(rest) as JsonObject);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}
