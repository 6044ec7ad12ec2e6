import { z } from 'zod';
import { plainName, type RecordSet, type Route53 } from '../../adapters/aws/route53.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction, type ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';

/** A change batch as the AWS CLI takes it, reduced to what converges: records that are to be so, with their values. */
const ChangeBatch = z.strictObject({
  Comment: z.string().max(256).optional(),
  Changes: z
    .array(
      z.strictObject({
        Action: z.literal('UPSERT', 'only UPSERT converges; CREATE and DELETE do not'),
        ResourceRecordSet: z.strictObject({
          Name: z.string().min(1),
          Type: z.enum(['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'CAA']),
          TTL: z.int().min(0).max(2_147_483_647),
          ResourceRecords: z.array(z.strictObject({ Value: z.string().min(1) })).min(1),
        }),
      }),
    )
    .min(1),
});

const Output = z.object({
  /** '' when the records were so already. */
  changeId: z.string(),
  name: z.string(),
  value: z.string(),
});

const CONTROL_PLANE = 'Route 53 (us-east-1)';

export const upsertRecords = ({ aws }: Clients) =>
  defineAction({
    id: 'route53.upsert',
    summary: 'Set DNS records in Route 53 from a change batch, and wait until every name server has them',
    effect: 'reversible',
    input: z.strictObject({
      /** A file in the system's config folder; may hold `${{ }}`. */
      changes: z
        .string()
        .regex(/^[\w.-]+\.json$/, 'name a JSON file in the config folder, for example dns-failover.json'),
    }),
    output: Output,
    repeat:
      'UPSERT sets named records to named values; a second one, or a late one of the same run, sets them to the same.',
    permissions: ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets', 'route53:GetChange'],
    examples: [{ title: 'Send users to the standby region', with: { changes: 'dns-failover.json' } }],
    dependsOn: () => [{ controlPlane: CONTROL_PLANE }],
    writes: (_input, { dns }) => [`route53/${dns.hostedZone}/${plainName(dns.record)}`],
    subject: () => 'dns',
    // Until INSYNC: "generally within 60 seconds", 20 to 60.
    expectedSeconds: () => 40,
    async observe(context, { changes }) {
      const { records } = readBatch(context, changes);
      return { facts: await currentRecords(aws.route53, context, records), measurements: {} };
    },
    change(observed, { changes }, context) {
      const { records } = readBatch(context, changes);
      return { changes: differences(observed?.facts, records) };
    },
    async run(context, { changes: file }) {
      const { system, signal } = context;
      const { records, comment } = readBatch(context, file);
      let changes: Change[] = [];
      const changeId = await context.waitUntil(async () => {
        const pending = differences(await currentRecords(aws.route53, context, records), records);
        if (pending.length === 0) return '';
        // Noted first: a call whose answer is lost may have been carried out.
        changes = pending;
        await context.assertLease();
        return aws.route53.upsert(system.dns.hostedZone, records, comment, signal);
      });
      if (changeId !== '') {
        await context.waitUntil(async () => {
          const inSync = await aws.route53.inSync(changeId, signal);
          context.progress(`Change ${changeId} is ${inSync ? 'INSYNC' : 'PENDING'}`);
          return inSync || undefined;
        });
      }
      const [first] = records;
      return { outputs: { changeId, name: first?.name ?? '', value: first?.values.join(', ') ?? '' }, changes };
    },
  });

/** The records that a file asks for, with `${{ }}` resolved. Throws InvalidInput that names the file. */
function readBatch(context: ObserveContext, file: string): { records: RecordSet[]; comment: string } {
  let content: unknown;
  try {
    content = JSON.parse(context.readConfig(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidInput('route53.config', `config/${file} is not JSON: ${error.message}.`, { cause: error });
  }
  const batch = ChangeBatch.safeParse(context.resolve(content));
  if (!batch.success) {
    throw new InvalidInput('route53.config', `config/${file}: ${z.prettifyError(batch.error).replaceAll('\n', ' ')}`);
  }
  const records = batch.data.Changes.map(({ ResourceRecordSet: { Name, Type, TTL, ResourceRecords } }) => ({
    name: plainName(Name),
    type: Type,
    ttl: TTL,
    values: ResourceRecords.map(({ Value }) => Value),
  }));
  return { records, comment: batch.data.Comment ?? '' };
}

/** By `name type`: `60 s chatbot-east….elb.amazonaws.com`, or null when there is no such record. */
async function currentRecords(
  route53: Route53,
  { system, signal }: ObserveContext,
  records: RecordSet[],
): Promise<Record<string, string | null>> {
  const found = await Promise.all(
    records.map(async ({ name, type }): Promise<[string, string | null]> => {
      const record = await route53.record(system.dns.hostedZone, name, type, signal);
      return [`${name} ${type}`, record ? describeRecord(record) : null];
    }),
  );
  return Object.fromEntries(found);
}

/** One line for each record that is not as it is to be; all of them when nothing is known. */
export function differences(current: Record<string, string | null> | undefined, wanted: RecordSet[]): Change[] {
  return wanted
    .map((record) => {
      const what = `${record.name} ${record.type}`;
      const before = current ? (current[what] ?? 'no record') : 'not reachable now';
      return { what, before, after: describeRecord(record) };
    })
    .filter(({ before, after }) => before !== after);
}

/** The same text for the same record: the order of values and the final dot of a name mean nothing. */
function describeRecord({ type, ttl, values }: RecordSet): string {
  const shown = type === 'CNAME' ? values.map(plainName) : values;
  return `${[...shown].sort().join(', ')} (TTL ${ttl} s)`;
}
