import type { z } from 'zod';
import type { RecordSet, Route53 } from '../../adapters/aws/route53.ts';
import type { Change, Done, Observation, RunContext, Undo } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { currentRecords, describeRecords, differences, Records, toRecordSet, untilInSync } from './records.ts';

interface SeenRecords extends Observation {
  facts: Record<string, string | null>;
}

/** Sets the records back to what they were, in one change; a record that did not exist is removed. */
export function restoreRecords(route53: Route53) {
  return {
    title: ({ changes }) => `Set the DNS records of ${changes} back to what they were`,
    repeat:
      'UPSERT sets named records to the values that they had; a record is removed only as it was seen, and Route 53 refuses to remove one that is gone or is another (InvalidChangeBatch).',
    change: (observed, { changes }, _context, done) => ({
      changes: differences(observed?.facts, recordsBefore(done, changes)),
    }),
    async run(context, { changes: file }, done) {
      const before = recordsBefore(done, file);
      const { changes, changeId } = await restore(route53, context, before);
      await untilInSync(route53, context, changeId);
      return { outputs: { changeId, records: before }, changes };
    },
  } satisfies Undo<z.ZodType<{ changes: string }>, SeenRecords>;
}

async function restore(
  route53: Route53,
  context: RunContext,
  before: Records,
): Promise<{ changes: Change[]; changeId: string }> {
  const { system, signal } = context;
  let changes: Change[] = [];
  let refusals = 0;
  const changeId = await context.waitUntil(async () => {
    const current = await currentRecords(route53, context, Object.keys(before));
    const pending = differences(describeRecords(current), before);
    if (pending.length === 0) return '';
    changes = pending;
    const upsert: RecordSet[] = [];
    const remove: RecordSet[] = [];
    for (const { what } of pending) {
      const [old, now] = [before[what], current[what]];
      if (old) upsert.push(toRecordSet(what, old));
      else if (now) remove.push(toRecordSet(what, now));
    }
    context.changed(changes);
    await context.assertLease();
    try {
      return await route53.change(system.dns.hostedZone, { upsert, remove }, 'Undone by Lifeboat', signal);
    } catch (error) {
      // Somebody was faster: what they did is looked at once more.
      if (!isRefused(error) || remove.length === 0 || ++refusals > 1) throw error;
      return undefined;
    }
  });
  return { changes, changeId };
}

function isRefused(error: unknown): boolean {
  return error instanceof LifeboatError && error.code === 'route53.invalid-change-batch';
}

/** An alias has no values of its own, so that it cannot be set back from them. */
function recordsBefore(done: Done, file: string): Records {
  const shape = Records.refine((records) => Object.values(records).every((value) => value?.values.length !== 0));
  return whatWasBefore(done, shape, {
    subject: `the records of ${file} with their values`,
    seen: ({ records }) => records,
  });
}
