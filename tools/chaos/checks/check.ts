import type { Evidence } from '../evidence.ts';

/** Something that is true after every recovery, whatever struck it. */
export interface Check {
  name: string;
  /** It speaks of a run that has ended; of one that has not, nothing is to be said. */
  atTheEnd?: true;
  /** One sentence for everything that is not so; none: it is true. Pure. */
  check(evidence: Evidence): string[];
}

/** Everything that is wrong, by these checks. Pure. */
export function violationsOf(checks: readonly Check[], evidence: Evidence): string[] {
  const hasEnded = evidence.state?.run?.status === 'finished';
  return checks.flatMap(({ name, atTheEnd, check }) =>
    atTheEnd && !hasEnded ? [] : check(evidence).map((sentence) => `${name}: ${sentence}`),
  );
}
