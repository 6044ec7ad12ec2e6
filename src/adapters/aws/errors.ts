import { type LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import { type ErrorFields, fieldsOf, unreachable } from '../failure.ts';

/** What the services call it that they were sent too many requests. */
const THROTTLED: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'PriorRequestNotComplete',
  'SlowDown',
]);
/** Errors of AWS services after which the same call may succeed, besides those that the service marks itself. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'ServiceUnavailable',
  'InternalFailure',
  'InternalError',
  'RequestTimeout',
]);

interface AwsError extends ErrorFields {
  $retryable?: { throttling?: boolean };
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

/**
 * The one place where an error of the AWS SDK becomes ours. `service` is the short name that begins the code
 * (`rds.db-instance-not-found`), `subject` what the sentence is about (`RDS in us-west-2, chatbot-prod`).
 */
export function translateAwsError(error: unknown, service: string, subject: string): LifeboatError {
  const network = unreachable(error, service, subject);
  if (network) return network;
  const { name, message, $retryable, $metadata } = fieldsOf(error) as AwsError;
  const code = `${service}.${kebab(name)}`;
  const sentence = `${subject}: ${message.replace(/\.$/, '')} (${name}).`;
  const isThrottled = THROTTLED.has(name) || $retryable?.throttling === true;
  const transient =
    isThrottled || RETRYABLE.has(name) || $retryable !== undefined || ($metadata?.httpStatusCode ?? 0) >= 500;
  return transient
    ? new Retryable(code, sentence, { cause: error, isThrottled })
    : new Permanent(code, sentence, { cause: error });
}

/** `InvalidDBInstanceStateFault` → `invalid-db-instance-state`. */
function kebab(name: string): string {
  return name
    .replace(/(Fault|Exception)$/, '')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
