import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Change, Done, Undo } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { askOnce, WRONG_STATE } from './asking.ts';
import type { identityOf } from './beside.ts';

const Input = z.object({
  region: z.string(),
  instance: z.string(),
  source: z.object({ region: z.string(), instance: z.string() }),
});
type Input = z.infer<typeof Input>;

/**
 * Takes a replica back that a step has created. Only that one, known by RDS's own id, and only while it is a replica: then
 * all that it has, its source has too.
 */
export function deleteReplica({ aws }: Clients) {
  const { instances } = aws.rds;
  return {
    title: (input) => `Delete the replica ${instanceName(input)}`,
    repeat:
      "It deletes one instance, known by RDS's own id, and only while RDS says that it is a replica of the source; one that is gone stays so.",
    change(observed, input, _context, done) {
      const mayBeThere = observed === undefined || observed.facts.replicaOf === input.source.instance;
      return { changes: mayBeThere && wasMade(done) ? [changeOf(input)] : [] };
    },
    async run(context, input, done) {
      if (!wasMade(done)) return { outputs: {}, changes: [] };
      let changes: Change[] = [];
      let asked = false;
      await context.waitUntil(async () => {
        const found = await instances.settings(input.region, input.instance, context.signal);
        if (!found) return true;
        const made = done.outputs.resourceId;
        if (typeof made === 'string' && found.resourceId !== made) return true;
        context.progress(`${instanceName(input)} is ${found.status}`);
        if (asked || found.status === 'deleting') return undefined;
        assertReplica(found.replicaOf, input);
        if (found.status !== 'available') return undefined;
        // Noted first: a call whose answer is lost may have been carried out.
        changes = [changeOf(input)];
        context.changed(changes);
        await context.assertLease();
        // Each at a look of its own, so that the lease is asserted directly before it.
        const { region, instance } = input;
        const call = found.deletionProtection ? instances.allowDeletion : instances.deleteReplica;
        const accepted = await askOnce(() => call(region, instance, context.signal), {
          passing: [WRONG_STATE, 'rds.db-instance-not-found'],
        });
        asked = accepted && !found.deletionProtection;
        return undefined;
      });
      return { outputs: {}, changes };
    },
  } satisfies Undo<typeof Input, Awaited<ReturnType<typeof identityOf>>>;
}

/** Whether the step made it: it notes that before it asks, and its outputs say it. What it has only found is another's. */
function wasMade({ changes, outputs }: Done): boolean {
  return changes.length > 0 || outputs.made === true;
}

function assertReplica(replicaOf: string, input: Input): void {
  if (replicaOf === input.source.instance) return;
  throw new Permanent(
    'undo.no-replica',
    `${instanceName(input)} is no replica of ${input.source.instance} any more, so it may hold the only copy of something and is left alone.`,
  );
}

function changeOf(input: Input): Change {
  return {
    what: instanceName(input),
    before: `read replica of ${instanceName(input.source)}`,
    after: 'deleted',
  };
}
