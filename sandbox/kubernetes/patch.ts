import { isObject, type Json, type JsonObject, sameJson } from './json.ts';
import { PATCH_KEYS } from './schema/lists.ts';
import { badRequest, patchRejected, unsupportedMediaType } from './status.ts';

export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;
/** Server-side apply: no patch of what is there, but what the writer wants of it. */
export const APPLY_TYPE = 'application/apply-patch+yaml';

/** The object that `patch` makes of `current`, by the rules of its content type; throws the API's Status. */
export function applyPatch(current: JsonObject, patch: Json, contentType: string): JsonObject {
  switch (contentType) {
    case 'application/json-patch+json':
      return jsonPatch(current, patch);
    case 'application/merge-patch+json':
      return asObject(mergePatch(current, requireObject(patch)));
    case 'application/strategic-merge-patch+json':
      return asObject(strategicMerge(current, requireObject(patch), ''));
    default:
      throw unsupportedMediaType(PATCH_TYPES);
  }
}

function requireObject(patch: Json): JsonObject {
  if (isObject(patch)) return patch;
  throw badRequest('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** RFC 7386. */
function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function strategicMerge(target: Json | undefined, patch: Json, field: string): Json {
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, field);
  if (!isObject(patch)) return patch;
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  if (patch.$patch === 'delete') return {};
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = strategicMerge(result[key], value, key);
  }
  return result;
}

function mergeList(target: Json[], patch: Json[], field: string): Json[] {
  const keys = PATCH_KEYS.get(field) ?? [];
  // Ports of containers and of services have different keys: which they are, their items show.
  const mergeKey =
    keys.find((key) => [...patch, ...target].some((item) => isObject(item) && item[key] !== undefined)) ?? keys[0];
  if (!mergeKey) return patch;
  if (patch.some((item) => isObject(item) && item.$patch === 'replace' && item[mergeKey] === undefined)) {
    return patch.filter((item) => !(isObject(item) && item.$patch === 'replace'));
  }
  const result = [...target];
  for (const item of patch) {
    if (!isObject(item) || item[mergeKey] === undefined) {
      throw badRequest(
        `error decoding patch: map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`,
      );
    }
    const index = result.findIndex((other) => isObject(other) && sameJson(other[mergeKey], item[mergeKey]));
    if (item.$patch === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) {
      result[index] = strategicMerge(result[index], item, '');
    } else {
      result.push(withoutDirectives(item));
    }
  }
  return result;
}

function withoutDirectives(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')));
}

/** RFC 6902. */
function jsonPatch(current: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  const root: Json = structuredClone(current);
  for (const operation of patch) {
    if (!isObject(operation) || typeof operation.path !== 'string') throw patchRejected();
    const { op, path, from, value } = operation;
    switch (op) {
      case 'add':
        add(root, path, value ?? null);
        break;
      case 'remove':
        remove(root, path);
        break;
      case 'replace':
        remove(root, path);
        add(root, path, value ?? null);
        break;
      case 'test':
        if (!sameJson(read(root, path), value ?? null)) throw patchRejected();
        break;
      case 'copy':
      case 'move': {
        if (typeof from !== 'string') throw patchRejected();
        const moved = op === 'move' ? remove(root, from) : structuredClone(read(root, from));
        add(root, path, moved);
        break;
      }
      default:
        throw patchRejected();
    }
  }
  return root;
}

function tokens(path: string): string[] {
  if (!path.startsWith('/')) throw patchRejected();
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function child(parent: Json, token: string): Json {
  const value = Array.isArray(parent) ? parent[Number(token)] : isObject(parent) ? parent[token] : undefined;
  if (value === undefined) throw patchRejected();
  return value;
}

function read(root: Json, path: string): Json {
  return tokens(path).reduce(child, root);
}

function parentOf(root: Json, path: string): { parent: Json; token: string } {
  const all = tokens(path);
  const token = all.pop() ?? '';
  return { parent: all.reduce(child, root), token };
}

function add(root: Json, path: string, value: Json): void {
  const { parent, token } = parentOf(root, path);
  if (Array.isArray(parent)) {
    const index = token === '-' ? parent.length : Number(token);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw patchRejected();
    parent.splice(index, 0, value);
  } else if (isObject(parent)) {
    parent[token] = value;
  } else {
    throw patchRejected();
  }
}

function remove(root: Json, path: string): Json {
  const removed = read(root, path);
  const { parent, token } = parentOf(root, path);
  if (Array.isArray(parent)) parent.splice(Number(token), 1);
  else if (isObject(parent)) delete parent[token];
  return removed;
}
