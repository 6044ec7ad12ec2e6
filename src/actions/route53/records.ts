import { z } from 'zod';
import { plainName, type RecordSet, type Route53 } from '../../adapters/aws/route53.ts';
import type { Change, ObserveContext, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';

/** Characters of a health check's id that people tell it by. */
const SHOWN_OF_ID = 8;

const Value = z.object({
  ttl: z.int(),
  values: z.array(z.string()),
  weight: z.int().exactOptional(),
  failover: z.enum(['PRIMARY', 'SECONDARY']).exactOptional(),
  healthCheckId: z.string().exactOptional(),
});

/**
 * Records by `name type`, as `api.chatbot.com CNAME`, and by identifier where several share them; null: there is no such
 * record.
 */
export const Records = z.record(z.string(), Value.nullable());
export type Records = z.infer<typeof Records>;

/** The key of a record in `Records`, which is also how people read it. */
export function keyOf({ name, type, setIdentifier }: Pick<RecordSet, 'name' | 'type' | 'setIdentifier'>): string {
  return [name, type, ...(setIdentifier === undefined ? [] : [setIdentifier])].join(' ');
}

function readKey(key: string): Pick<RecordSet, 'name' | 'type' | 'setIdentifier'> {
  const [name = '', type = '', ...identifier] = key.split(' ');
  return { name, type, ...(identifier.length > 0 && { setIdentifier: identifier.join(' ') }) };
}

export function toRecords(records: RecordSet[]): Records {
  return Object.fromEntries(records.map((record) => [keyOf(record), plainValue(record)]));
}

/** The record of a key and its value. */
export function toRecordSet(key: string, value: z.infer<typeof Value>): RecordSet {
  return { ...readKey(key), ...value };
}

/** What the control plane has for each of `keys`. Throws what Route 53 threw. */
export async function currentRecords(
  route53: Route53,
  { system, signal }: Pick<ObserveContext, 'system' | 'signal'>,
  keys: string[],
): Promise<Records> {
  const found = await Promise.all(
    keys.map(async (key): Promise<[string, Records[string]]> => {
      const record = await route53.record(system.dns.hostedZone, readKey(key), signal);
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

/** World milliseconds after which a change that is still PENDING does not propagate: it takes 60 s at most times. */
const PENDING_TOO_LONG = 4 * 60_000;

/**
 * Waits until every name server answers with the change; '' is none. Throws Permanent, with what to do, when Route 53
 * has taken it and does not bring it to its name servers.
 */
export async function untilInSync(
  route53: Route53,
  { waitUntil, progress, signal, clock }: Pick<RunContext, 'waitUntil' | 'progress' | 'signal' | 'clock'>,
  changeId: string,
): Promise<void> {
  if (changeId === '') return;
  const since = clock.now();
  await waitUntil(async () => {
    const inSync = await route53.inSync(changeId, signal);
    progress(`Change ${changeId} is ${inSync ? 'INSYNC' : 'PENDING'}`);
    if (inSync) return true;
    if (clock.now() - since < PENDING_TOO_LONG) return undefined;
    throw new Permanent(
      'route53.not-in-sync',
      `Route 53 took change ${changeId} four minutes ago and its name servers still answer the old records. Retry to wait on, or skip this step where the runbook then moves traffic without changing records.`,
    );
  });
}

function plainValue({ ttl, values, weight, failover, healthCheckId }: RecordSet): z.infer<typeof Value> {
  return {
    ttl,
    values,
    ...(weight !== undefined && { weight }),
    ...(failover !== undefined && { failover }),
    ...(healthCheckId !== undefined && { healthCheckId }),
  };
}

/** The same text for the same record: the order of values, and case and final dot of a name, mean nothing. */
function describe(key: string, { ttl, values, weight, failover, healthCheckId }: z.infer<typeof Value>): string {
  const shown = readKey(key).type === 'CNAME' ? values.map(plainName) : values;
  const details = [
    `TTL ${ttl} s`,
    ...(weight === undefined ? [] : [`weight ${weight}`]),
    ...(failover === undefined ? [] : [failover]),
    ...(healthCheckId === undefined ? [] : [`health check ${healthCheckId.slice(0, SHOWN_OF_ID)}`]),
  ];
  return `${[...shown].sort().join(', ')} (${details.join(', ')})`;
}
