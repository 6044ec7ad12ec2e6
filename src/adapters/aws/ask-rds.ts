import { Permanent } from '../../domain/errors.ts';
import { translateAwsError } from './errors.ts';

/** What RDS answers to a call about `what`; its errors in our words (Retryable, Permanent `rds.…`). */
export async function askRds<Answer>(region: string, what: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw translateAwsError(error, 'rds', `RDS in ${region}, ${what}`);
  }
}

/** What a look finds; undefined when RDS says with this code that there is none. */
export async function orNothing<Found>(
  code: string,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Permanent && error.code === code) return undefined;
    throw error;
  }
}
