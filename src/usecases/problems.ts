import { InvalidInput, LifeboatError, Retryable } from '../domain/errors.ts';
import type { Reply } from './reply.ts';

/**
 * Any thrown value as an answer for people. A refusal says itself what stands and what to do. A failure says what
 * happened, what was not done, what to do next, and the id under which the log tells more; messages of foreign errors
 * stay in the log.
 */
export function failed(error: unknown, about: { id: string; notDone: string; again?: string }): Reply {
  const { id, notDone } = about;
  const again = about.again ? ` with \`${about.again}\`` : '';
  if (error instanceof InvalidInput) return { tone: 'refused', text: error.message };
  if (error instanceof Retryable) {
    return { tone: 'failed', text: error.message, problem: { notDone, next: `Try again in a moment${again}.`, id } };
  }
  if (error instanceof LifeboatError) {
    const next = 'Mend what it names, then ask again. `/dr status` shows how things stand.';
    return { tone: 'failed', text: error.message, problem: { notDone, next, id } };
  }
  return {
    tone: 'failed',
    text: 'Something failed in Lifeboat that should not.',
    problem: {
      notDone: 'It is not certain what was done.',
      next: 'Look at `/dr status`, then ask again. The log has the cause under this id.',
      id,
    },
  };
}
