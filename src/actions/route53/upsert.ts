import { z } from 'zod';
import { plainName, type RecordSet } from '../../adapters/aws/route53.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction, type ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { currentRecords, describeRecords, differences, keyOf, Records, toRecords, untilInSync } from './records.ts';
import { restoreRecords } from './restore.ts';

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
          SetIdentifier: z.string().min(1).max(128).optional(),
          Weight: z.int().min(0).max(255).optional(),
          Failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
          HealthCheckId: z.string().min(1).max(64).optional(),
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
  /** The records that it replaced, as they were; null: there was none. */
  before: Records,
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
    permissions: { iam: ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets', 'route53:GetChange'] },
    examples: [{ title: 'Send users to the standby region', with: { changes: 'dns-failover.json' } }],
    dependsOn: () => [{ controlPlane: CONTROL_PLANE }],
    writes: (_input, { dns }) => [`route53/${dns.hostedZone}/${plainName(dns.record)}`],
    subject: () => 'dns',
    // Until INSYNC: "generally within 60 seconds", 20 to 60.
    expectedSeconds: () => 40,
    async observe(context, { changes }) {
      const { records } = readBatch(context, changes);
      const found = await currentRecords(aws.route53, context, records.map(keyOf));
      return { facts: describeRecords(found), measurements: { records: found } };
    },
    change(observed, { changes }, context) {
      const { records } = readBatch(context, changes);
      return { changes: differences(observed?.facts, toRecords(records)) };
    },
    async run(context, { changes: file }) {
      const { system, signal } = context;
      const { records, comment } = readBatch(context, file);
      let changes: Change[] = [];
      const before: Records = {};
      const changeId = await context.waitUntil(async () => {
        const current = await currentRecords(aws.route53, context, records.map(keyOf));
        const pending = differences(describeRecords(current), toRecords(records));
        if (pending.length === 0) return '';
        // Noted first: a call whose answer is lost may have been carried out.
        changes = pending;
        for (const { what } of pending) if (!(what in before)) before[what] = current[what] ?? null;
        context.changed(changes);
        await context.assertLease();
        return aws.route53.change(system.dns.hostedZone, { upsert: records }, comment, signal);
      });
      await untilInSync(aws.route53, context, changeId);
      const [first] = records;
      return { outputs: { changeId, name: first?.name ?? '', value: first?.values.join(', ') ?? '', before }, changes };
    },
    undo: restoreRecords(aws.route53),
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
  const records = batch.data.Changes.map(({ ResourceRecordSet: set }) => ({
    name: plainName(set.Name),
    type: set.Type,
    ttl: set.TTL,
    values: set.ResourceRecords.map(({ Value }) => Value),
    ...(set.SetIdentifier !== undefined && { setIdentifier: set.SetIdentifier }),
    ...(set.Weight !== undefined && { weight: set.Weight }),
    ...(set.Failover !== undefined && { failover: set.Failover }),
    ...(set.HealthCheckId !== undefined && { healthCheckId: set.HealthCheckId }),
  }));
  return { records, comment: batch.data.Comment ?? '' };
}
