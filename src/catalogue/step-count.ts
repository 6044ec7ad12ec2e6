import type { Problem } from '../domain/catalogue.ts';
import { MOST_STEPS } from '../domain/expanded-step.ts';

/** The key that every step has, as YAML and JSON write it. */
const USES = /(?:^|[\s{,])(["']?)uses\1[ \t]*:/gm;

/**
 * Refuses the text of a runbook with more steps than a plan may have, where the first of them too many stands. It counts
 * without parsing: that would take seconds for a file of this kind.
 */
export function tooManySteps(file: string, text: string): Problem | undefined {
  const found = [...text.matchAll(USES)];
  const first = found[MOST_STEPS];
  if (!first) return undefined;
  const before = text.slice(0, first.index + first[0].search(/["'u]/)).split('\n');
  const [count, most] = [found.length, MOST_STEPS].map((number) => number.toLocaleString('en-US'));
  return {
    file,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: `The runbook has ${count} steps; a plan may have ${most}.`,
    suggestion: 'Divide it into runbooks that are started one after another.',
  };
}
