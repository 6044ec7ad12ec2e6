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
/** As IAM says it when a service control policy is stricter than the role. */
const DENIED =
  'User: arn:aws:iam::123456789012:user/lifeboat is not authorized to perform: rds:PromoteReadReplica with an explicit deny in a service control policy';

/** As each service says it; the JSON protocols name the error ExpiredTokenException. */
function expired(operation: string): AwsError {
  return operation.startsWith('s3.')
    ? new AwsError('ExpiredToken', 'The provided token has expired.', 400)
    : new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
}

/** S3 says it with a status that tells of it even where the answer has no body, as to HEAD. */
function throttled(operation: string): AwsError {
  return operation.startsWith('s3.')
    ? new AwsError('SlowDown', 'Please reduce your request rate.', 503)
    : new AwsError('Throttling', 'Rate exceeded');
}

function failed(operation: string): AwsError {
  return operation.startsWith('s3.')
    ? new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500)
    : new AwsError('InternalFailure', 'An internal error has occurred. Please try your query again.', 500);
}

/** Draws what becomes of a call of this operation (`rds.PromoteReadReplica`). */
export function interferenceOf(world: World, operation: string): Interference {
  const refusal = world.isOn('expired-credentials')
    ? expired(operation)
    : world.isHit('aws-throttled', operation)
      ? throttled(operation)
      : world.isHit('aws-errors', operation)
        ? failed(operation)
        : world.isOn('promotion-refused') && operation === 'rds.PromoteReadReplica'
          ? new AwsError('AccessDenied', DENIED, 403)
          : undefined;
  return {
    ...(refusal && { refusal }),
    resets: world.isHit('aws-resets', operation),
    delay: world.isOn('aws-slow') ? SLOW : 0,
  };
}
