import { z } from 'zod';
import { plainName, type RecordSet, type Route53 } from '../../adapters/aws/route53.ts';
import type { Change, ObserveContext, RunContext } from '../../domain/action.ts';

const Value = z.object({ ttl: z.int(), values: z.array(z.string()) });

/** Records by `name type`, as `api.chatbot.com CNAME`; null: there is no such record. */
export const Records = z.record(z.string(), Value.nullable());
export type Records = z.infer<typeof Records>;

/** The key of a record in `Records`, which is also how people read it. */
export function keyOf({ name, type }: Pick<RecordSet, 'name' | 'type'>): string {
  return `${name} ${type}`;
}

export function toRecords(records: RecordSet[]): Records {
  return Object.fromEntries(records.map((record) => [keyOf(record), plainValue(record)]));
}

/** The record of a key and its value. */
export function toRecordSet(key: string, { ttl, values }: z.infer<typeof Value>): RecordSet {
  const [name = '', type = ''] = key.split(' ');
  return { name, type, ttl, values };
}

/** What the control plane has for each of `keys`. Throws what Route 53 threw. */
export async function currentRecords(
  route53: Route53,
  { system, signal }: Pick<ObserveContext, 'system' | 'signal'>,
  keys: string[],
): Promise<Records> {
  const found = await Promise.all(
    keys.map(async (key): Promise<[string, Records[string]]> => {
      const [name = '', type = ''] = key.split(' ');
      const record = await route53.record(system.dns.hostedZone, name, type, signal);
      return [key, record ? plainValue(record) : null];
    }),
  );
  return Object.fromEntries(found);
}

/** As the plan's facts have them: one text for each record, null where there is none. */
export function describeRecords(records: Records): Record<string, string | null> {
  return Object.fromEntries(Object.entries(records).map(([key, value]) => [key, value && describe(key, value)]));
}

/** One line for each record that is not as it is to be; all of them when nothing is known. `current` as facts have it. */
export function differences(current: Record<string, string | null> | undefined, wanted: Records): Change[] {
  return Object.entries(wanted)
    .map(([what, value]) => {
      const before = current ? (current[what] ?? 'no record') : 'not reachable now';
      return { what, before, after: value ? describe(what, value) : 'no record' };
    })
    .filter(({ before, after }) => before !== after);
}

/** Waits until every name server answers with the change; '' is none. */
export async function untilInSync(
  route53: Route53,
  { waitUntil, progress, signal }: Pick<RunContext, 'waitUntil' | 'progress' | 'signal'>,
  changeId: string,
): Promise<void> {
  if (changeId === '') return;
  await waitUntil(async () => {
    const inSync = await route53.inSync(changeId, signal);
    progress(`Change ${changeId} is ${inSync ? 'INSYNC' : 'PENDING'}`);
    return inSync || undefined;
  });
}

function plainValue({ ttl, values }: RecordSet): z.infer<typeof Value> {
  return { ttl, values };
}

/** The same text for the same record: the order of values, and case and final dot of a name, mean nothing. */
function describe(key: string, { ttl, values }: z.infer<typeof Value>): string {
  const shown = key.endsWith(' CNAME') ? values.map(plainName) : values;
  return `${[...shown].sort().join(', ')} (TTL ${ttl} s)`;
}
