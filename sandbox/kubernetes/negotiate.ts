import type { JsonObject } from './json.ts';
import { ApiStatus } from './status.ts';
import type { Column } from './tables/column.ts';
import { type IncludeObject, partialMetadata, renderTable } from './tables/table.ts';

/** One entry of an Accept header: `application/json;as=Table;v=v1;g=meta.k8s.io`. */
export interface Accepted {
  type: string;
  parameters: Record<string, string>;
}

/** The entries of an Accept header that the server can answer with, in the client's order; throws 406 for none. */
export function accepted(header: string | undefined): Accepted[] {
  const entries = (header || '*/*').split(',').map((entry): Accepted => {
    const [type = '', ...rest] = entry.split(';').map((part) => part.trim());
    const parameters = rest.map((part) => part.split('=', 2) as [string, string | undefined]);
    return { type, parameters: Object.fromEntries(parameters.map(([name, value]) => [name, value ?? ''])) };
  });
  const json = entries.filter(({ type }) => ['application/json', 'application/*', '*/*'].includes(type));
  if (json.length > 0) return json;
  const message = 'only the following media types are accepted: application/json';
  throw new ApiStatus(406, 'NotAcceptable', message, {});
}

/** How the client wants objects: as they are, as a table, or their metadata alone. */
export type Representation = 'object' | 'table' | 'metadata';

/** The first representation that the server has. */
export function representation(entries: readonly Accepted[]): Representation {
  for (const { parameters } of entries) {
    const { as, g, v } = parameters;
    if (as === undefined) return 'object';
    if (g !== 'meta.k8s.io' || v !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  const message = 'only the following media types are accepted: application/json';
  throw new ApiStatus(406, 'NotAcceptable', message, {});
}

/** An object or a list in the representation that was asked for. */
export function represent(
  object: JsonObject,
  as: Representation,
  { columns, now, include }: { columns?: readonly Column[]; now: number; include: string | null },
): JsonObject {
  if (as === 'object' || object.kind === 'Status') return object;
  if (as === 'metadata') return partialMetadata(object);
  const wanted: IncludeObject = include === 'Object' || include === 'None' ? include : 'Metadata';
  return renderTable(object, { ...(columns && { columns }), now, include: wanted });
}
