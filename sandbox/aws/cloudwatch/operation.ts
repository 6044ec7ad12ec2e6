import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { defineJsonOperation, type JsonOperation } from '../json/protocol.ts';
import type { QueryOperation } from '../query/operation.ts';
import { timestamp, type Xml } from '../xml.ts';

/** What an operation answers, in neither protocol: Dates are timestamps, arrays are lists. */
export type Answer =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly Answer[]
  | { readonly [name: string]: Answer };

export interface Context {
  world: World;
  region: string;
}

/** An operation of CloudWatch, in the JSON protocol of newer clients and the Query protocol of older ones. */
export interface Operation {
  name: string;
  json: JsonOperation;
  query: QueryOperation;
}

/** `input` reads what `asJson` made of a Query: lists are arrays, and numbers may be text. */
export function defineMetricOperation<Input extends z.ZodType>(definition: {
  name: string;
  input: Input;
  resource(input: z.infer<Input>): string;
  answer(input: z.infer<Input>, context: Context): { readonly [name: string]: Answer };
}): Operation {
  const { name, input, resource, answer } = definition;
  return {
    name,
    json: defineJsonOperation({
      ...{ name, mutating: false, input, resource },
      answer: (given, context) => toJson(answer(given, context)) as object,
    }),
    query: {
      name,
      mutating: false,
      read(raw) {
        const parsed = input.safeParse(asJson(raw));
        if (!parsed.success) return parsed.error;
        return {
          resource: resource(parsed.data),
          answer: (context) => toXml(answer(parsed.data, context)) as { readonly [name: string]: Xml },
        };
      },
    },
  };
}

/** A timestamp in either protocol: seconds, or ISO 8601. World milliseconds. */
export const Timestamp = z
  .union([z.number().transform((seconds) => seconds * 1000), z.string().transform((text) => Date.parse(text))])
  .refine((time) => !Number.isNaN(time), 'must be a timestamp');

export const Whole = z.coerce.number().int();

/** The Query protocol's `Name.member.1` as lists. */
function asJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === 'member') {
    return Object.entries(entries[0][1] as object)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, item]) => asJson(item));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, asJson(item)]));
}

function toJson(value: Answer): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map((item: Answer) => toJson(item));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

function toXml(value: Answer): Xml {
  if (value instanceof Date) return timestamp(value.getTime());
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map((item: Answer) => toXml(item)) };
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toXml(item)]));
}
