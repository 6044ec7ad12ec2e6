import type { StateValues } from '../../../../slack/state.ts';

/** The errors (by block id) of inputs that are as they were when they were sent: what was changed since is not wrong yet. Pure. */
export function standingErrors(
  errors: Record<string, string>,
  sent: StateValues,
  now: StateValues,
): Record<string, string> {
  const same = ([block]: [string, string]) => JSON.stringify(sent[block]) === JSON.stringify(now[block]);
  return Object.fromEntries(Object.entries(errors).filter(same));
}
