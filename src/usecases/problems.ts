import { InvalidInput, LifeboatError, Retryable } from '../domain/errors.ts';
import type { Command } from './command.ts';
import type { Reply } from './reply.ts';

/**
 * Any thrown value as an answer for people. A refusal says itself what stands and what to do. A failure says what
 * happened, what was not done and what to do next; only what should never happen also has an id to report it under,
 * and messages of foreign errors stay in the log.
 */
export function failed(error: unknown, { id, notDone }: { id: string; notDone: string }): Reply {
  if (error instanceof InvalidInput) return { tone: 'refused', text: error.message };
  if (error instanceof Retryable) {
    return { tone: 'failed', text: error.message, problem: { notDone, next: 'Try again in a moment.' } };
  }
  if (error instanceof LifeboatError) {
    const next = 'Mend what it names, then ask again. `/dr status` shows how things stand.';
    return { tone: 'failed', text: error.message, problem: { notDone, next } };
  }
  return {
    tone: 'failed',
    text: 'Something failed in Lifeboat that should not.',
    problem: {
      notDone: 'It is not certain what was done.',
      next: 'Look at `/dr status` before you ask again, and report it: the log has the cause.',
      id,
    },
  };
}

/** Of a request that could not be written down, so that nothing will come of it. */
export function notRecorded({ notDone }: Pick<Command, 'notDone'>): Reply {
  return {
    tone: 'failed',
    text: 'Your request could not be recorded, because the database does not answer.',
    problem: { notDone, next: 'Try again in a moment. If it is urgent, follow the runbook by hand.' },
  };
}

/** Of a request that nobody carried out while it was surely meant. */
export function tooLate({ verb, notDone }: Pick<Command, 'verb' | 'notDone'>): Reply {
  return {
    tone: 'failed',
    text: `\`/dr ${verb}\` was recorded, but Lifeboat was away until now, and it is not carried out so late.`,
    problem: { notDone, next: 'Ask again if you still mean it.' },
  };
}

/** Of a button that asks for something in a dialog which Slack did not open. */
export function dialogDidNotOpen({ usage, notDone }: Pick<Command, 'usage' | 'notDone'>): Reply {
  return {
    tone: 'failed',
    text: 'Slack did not open the dialog in time.',
    problem: { notDone, next: `Press again, or type \`/dr ${usage}\`.` },
  };
}
