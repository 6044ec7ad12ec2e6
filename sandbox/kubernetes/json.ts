/** What JSON can carry; the bodies of the API before and after they are checked. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar as text, for names and messages; nothing is the empty text. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The object at `path`, or an empty one where there is none. */
export function objectAt(value: JsonObject, ...path: string[]): JsonObject {
  let here: Json | undefined = value;
  for (const key of path) here = isObject(here) ? here[key] : undefined;
  return isObject(here) ? here : {};
}

/** Labels and annotations: only strings are values; what is null or missing is not there. */
export function stringsAt(value: JsonObject, ...path: string[]): Record<string, string> {
  const entries = Object.entries(objectAt(value, ...path));
  return Object.fromEntries(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

/** Equal as JSON, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameJson(a[key], b[key]));
  }
  return a === b;
}

/**
 * The first path at which `wanted` says something other than `actual`; what `wanted` leaves out is a default and no
 * difference.
 */
export function firstDifference(wanted: Json | undefined, actual: Json | undefined, path = ''): string | undefined {
  if (wanted === undefined || wanted === null) return undefined;
  if (isObject(wanted)) {
    if (!isObject(actual)) return Object.keys(wanted).length === 0 ? undefined : path;
    for (const [key, value] of Object.entries(wanted)) {
      const found = firstDifference(value, actual[key], path ? `${path}.${key}` : key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual)) return wanted.length === 0 ? undefined : path;
    if (wanted.length !== actual.length) return path;
    for (const [index, value] of wanted.entries()) {
      const found = firstDifference(value, actual[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return wanted === actual ? undefined : path;
}
