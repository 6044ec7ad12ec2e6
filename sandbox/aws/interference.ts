import type { World } from '../world/world.ts';
import { AwsError } from './errors.ts';

/** What the world's faults make of one call. */
export interface Interference {
  /** Instead of being carried out it is refused with this. */
  refusal?: AwsError;
  /** It is carried out, and the connection is reset before the answer. */
  resets: boolean;
  /** World milliseconds that it takes longer. */
  delay: number;
}

const SLOW = 10_000;

/** Draws what becomes of a call of this operation (`rds.PromoteReadReplica`). */
export function interferenceOf(world: World, operation: string): Interference {
  const refusal = world.isHit('aws-throttled', operation)
    ? new AwsError('Throttling', 'Rate exceeded')
    : world.isHit('aws-errors', operation)
      ? new AwsError('InternalFailure', 'An internal error has occurred. Please try your query again.', 500)
      : undefined;
  return {
    ...(refusal && { refusal }),
    resets: world.isHit('aws-resets', operation),
    delay: world.isOn('aws-slow') ? SLOW : 0,
  };
}
