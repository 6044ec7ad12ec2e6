import { z } from 'zod';
import type { Rds } from '../../adapters/aws/rds.ts';
import type { RunContext, Watch } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';
import { placeOf } from './place.ts';

/** World seconds between two looks: building a replica takes many minutes, and RDS is asked no oftener than it has to be. */
const EVERY_SECONDS = 60;

const Input = z.object({ region: z.string(), instance: z.string() });

/** Looks whether a promoted primary has a standby again: a read replica that is in service, or one in another zone. */
export function watchProtection(rds: Rds): Watch {
  return {
    exception: 'unprotected',
    subject: (input) => subjectOf(Input.parse(input)),
    everySeconds: EVERY_SECONDS,
    async look({ signal }: RunContext, input) {
      const where = Input.parse(input);
      const { replicas, multiAz, replicaOf } = await rds.describe(where.region, where.instance, signal);
      // After a move back the name belongs to a replica again: what is protected now is its source.
      if (replicaOf !== '') {
        return { kind: 'cleared', sentence: `${subjectOf(where)} is a read replica of ${replicaOf} now.` };
      }
      if (multiAz) return { kind: 'cleared', sentence: `${subjectOf(where)} has a standby in another zone again.` };
      for (const name of replicas) {
        const replica = placeOf(name, where.region);
        if (await isInService(rds, replica, signal)) {
          return { kind: 'cleared', sentence: `${subjectOf(where)} has a read replica again: ${subjectOf(replica)}.` };
        }
      }
      return undefined;
    },
  };
}

/** One that is still being created protects nothing, and one that is gone by now neither. */
async function isInService(
  rds: Rds,
  { region, instance }: z.infer<typeof Input>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await rds.describe(region, instance, signal)).status === 'available';
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'rds.db-instance-not-found') return false;
    throw error;
  }
}

function subjectOf({ region, instance }: z.infer<typeof Input>): string {
  return `${instance} in ${region}`;
}
