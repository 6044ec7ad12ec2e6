import { InvalidInput } from '../domain/errors.ts';

/** What the exit status of `lifeboat` says. */
export const EXIT = {
  /** Done, and nothing is wrong. */
  fine: 0,
  /** Done, and the answer is no: runbooks have mistakes, or a guard refuses the plan. */
  refused: 1,
  /** What was typed, or a file that was named, is wrong. */
  usage: 2,
  /** It could not be done: infrastructure, database, or Lifeboat itself. */
  failed: 3,
} as const;

export const EXIT_HELP = `Exit status: 0 fine; 1 runbooks have mistakes, or the plan is refused; 2 wrong usage or
configuration; 3 it could not be done.`;

export function exitCodeOf(error: unknown): number {
  return error instanceof InvalidInput ? EXIT.usage : EXIT.failed;
}
