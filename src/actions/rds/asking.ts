import { LifeboatError } from '../../domain/errors.ts';

/** States out of which an instance does not come by itself. */
export const HOPELESS = /^(deleting|failed|stopped|stopping|storage-full|inaccessible-|incompatible-|restore-error)/;

/** RDS refuses because of the instance's state. */
export const WRONG_STATE = 'rds.invalid-db-instance-state';

/**
 * Sends one call. True when RDS took it, or has it already (`done` is the code of that refusal); false when it was not
 * sent (`ask` says so), or was refused with a code of `passing`: the next look tells more. Throws what else RDS says.
 */
export async function askOnce(
  ask: () => Promise<unknown>,
  { done, passing = [WRONG_STATE] }: { done?: string; passing?: readonly string[] } = {},
): Promise<boolean> {
  try {
    return (await ask()) !== false;
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    if (error.code === done) return true;
    if (passing.includes(error.code)) return false;
    throw error;
  }
}
