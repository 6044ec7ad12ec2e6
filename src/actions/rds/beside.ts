import { z } from 'zod';
import type { DatabaseSettings } from '../../adapters/aws/rds-instances.ts';
import type { Clients } from '../../adapters/index.ts';
import type { Change, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { askOnce, HOPELESS } from './asking.ts';

/** An instance that was made beside another one. */
export const Made = z.object({
  instance: z.string(),
  endpoint: z.string(),
  port: z.int(),
  /** RDS's own id of it, which no renaming changes. */
  resourceId: z.string(),
});
export type Made = z.infer<typeof Made>;

export interface Making {
  region: string;
  target: string;
  change: Change;
  /**
   * Looks whether it may be asked for, and asks; false as long as it has to wait. `confirm` stands directly before the
   * call: it notes what changes and asserts the lease.
   */
  ask(confirm: () => Promise<void>): Promise<boolean>;
  /** Whether what exists under that name is what was meant; throws where it is something else. */
  accept?(found: DatabaseSettings): void;
}

/**
 * Makes an instance unless it is there, and waits until it is in service: the name is the step's own, so what has that
 * name was asked for by this step, also when an answer was lost or another worker was faster.
 */
export async function makeBeside(
  { aws }: Clients,
  context: RunContext,
  { region, target, change, ask, accept }: Making,
): Promise<{ made: Made; found: DatabaseSettings; changes: Change[] }> {
  let changes: Change[] = [];
  let asked = false;
  const confirm = async () => {
    // Noted first: a call whose answer is lost may have been carried out.
    changes = [change];
    context.changed(changes);
    await context.assertLease();
  };
  const found = await context.waitUntil(async () => {
    const found = await aws.rds.instances.settings(region, target, context.signal);
    const subject = instanceName({ region, instance: target });
    if (!found) {
      // That the name is taken means that it was asked for already.
      if (!asked) asked = await askOnce(() => ask(confirm), { done: 'rds.db-instance-already-exists', passing: [] });
      return undefined;
    }
    accept?.(found);
    if (HOPELESS.test(found.status)) {
      throw new Permanent(
        'rds.not-made',
        `${subject} is ${found.status}. Look at its events in RDS, delete it, and retry.`,
      );
    }
    const seconds = (context.clock.now() - context.firstAttemptAt) / 1000;
    context.progress(`${subject} is ${found.status}, ${formatSeconds(seconds)} since it was asked for`);
    if (found.status !== 'available' || found.endpoint === '') return undefined;
    return found;
  });
  const { endpoint, port, resourceId } = found;
  return { made: { instance: target, endpoint, port, resourceId }, found, changes };
}

/** Settings of an instance that another is made like. Throws Permanent when it is gone. */
export async function settingsOf(
  { aws }: Clients,
  { region, instance }: { region: string; instance: string },
  signal: AbortSignal,
): Promise<DatabaseSettings> {
  const found = await aws.rds.instances.settings(region, instance, signal);
  if (found) return found;
  const sentence = `RDS in ${region}, ${instance}: there is no such instance, whose settings the new one would have.`;
  throw new Permanent('rds.db-instance-not-found', sentence);
}

/** What is observed of an instance that is to be replaced, kept or renamed. */
export async function identityOf({ aws }: Clients, where: { region: string; instance: string }, signal: AbortSignal) {
  const found = await aws.rds.instances.settings(where.region, where.instance, signal);
  return {
    facts: { instance: where.instance, resourceId: found?.resourceId ?? '', replicaOf: found?.replicaOf ?? '' },
    measurements: { status: found?.status ?? 'does not exist' },
  };
}
