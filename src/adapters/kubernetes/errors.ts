import { ApiException } from '@kubernetes/client-node';
import { z } from 'zod';
import { type LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import { fieldsOf, unreachable } from '../failure.ts';

const Status = z.object({ message: z.string().default(''), reason: z.string().default('') });

/** Codes by which actions tell refusals apart. */
const CODES: Record<number, string> = {
  401: 'kubernetes.unauthorized',
  403: 'kubernetes.forbidden',
  404: 'kubernetes.not-found',
  409: 'kubernetes.conflict',
  410: 'kubernetes.gone',
  422: 'kubernetes.invalid',
  429: 'kubernetes.too-many-requests',
};
const RETRYABLE: ReadonlySet<number> = new Set([408, 409, 410, 429]);

/**
 * The one place where an error of the Kubernetes client becomes ours. `subject` begins the sentence
 * (`Kubernetes in us-west-2, deployment chatbot-api`).
 */
export function translateKubernetesError(error: unknown, subject: string): LifeboatError {
  if (error instanceof ApiException) {
    const { message, reason } = statusOf(error.body);
    const code = CODES[error.code] ?? 'kubernetes.failed';
    // Server-side apply: somebody else owns a field, and will as long as nobody decides.
    const isOwned = error.code === 409 && message.startsWith('Apply failed');
    const sentence = `${subject}: ${(message || reason || `answered ${error.code}`).replace(/\.$/, '')}.`;
    return (RETRYABLE.has(error.code) && !isOwned) || error.code >= 500
      ? new Retryable(code, sentence, { cause: error })
      : new Permanent(code, sentence, { cause: error });
  }
  return (
    unreachable(error, 'kubernetes', subject) ??
    new Permanent('kubernetes.failed', `${subject}: ${fieldsOf(error).message}.`, { cause: error })
  );
}

/** The API answers with a Status object; something in front of it may answer with any text. */
function statusOf(body: unknown): z.infer<typeof Status> {
  try {
    return Status.parse(typeof body === 'string' ? JSON.parse(body) : body);
  } catch {
    return { message: '', reason: '' };
  }
}
