import type { RunState } from '../domain/run-state.ts';

/**
 * What a reply adds about a run that somebody holds: what was decided counts, and waits with the rest; undefined where
 * nobody holds it.
 */
export function heldSentence({ id, hold, status }: RunState): string | undefined {
  if (!hold || status !== 'paused') return undefined;
  return `<@${hold.by}> holds the run: nothing starts until \`/dr resume ${id}\`.`;
}
