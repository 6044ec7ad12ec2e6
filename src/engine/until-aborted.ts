import { Retryable } from '../domain/errors.ts';

/**
 * Settles with `work`, or at once with the signal's reason: an action that ignores its signal holds nothing up. A
 * deadline (`timeLimit`) becomes Retryable `observe.timeout`.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      const reason: unknown = signal.reason;
      const late = reason instanceof DOMException && reason.name === 'TimeoutError';
      reject(late ? new Retryable('observe.timeout', 'It did not answer in time.', { cause: reason }) : reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}
