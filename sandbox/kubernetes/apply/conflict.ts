import type { JsonObject } from '../json.ts';
import { timestamp } from '../resource.ts';
import { ApiStatus } from '../status.ts';
import type { Manager } from './managers.ts';
import { decode, type FieldSet, pathText } from './paths.ts';

/** The refusal of an apply that would change what others own: 409 with a cause for each field. */
export function applyConflict(conflicts: readonly { manager: Manager; fields: FieldSet }[]): ApiStatus {
  const all = conflicts
    .flatMap(({ manager, fields }) =>
      [...fields].map((path) => ({ manager: describe(manager), field: pathText(decode(path)) })),
    )
    .sort((a, b) => (a.manager + a.field < b.manager + b.field ? -1 : 1));
  const causes = all.map(
    ({ manager, field }): JsonObject => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${manager}`,
      field,
    }),
  );
  return new ApiStatus(409, 'Conflict', sentence(all), { causes });
}

function sentence(all: readonly { manager: string; field: string }[]): string {
  const [first] = all;
  if (all.length === 1 && first) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.field}`;
  }
  const managers = [...new Set(all.map(({ manager }) => manager))];
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...all.filter((one) => one.manager === manager).map(({ field }) => `- ${field}`),
  ]);
  return `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`;
}

function describe({ manager, operation, subresource, apiVersion, at }: Manager): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion} at ${timestamp(at)}` : name;
}
