import { BEFORE_ACTING } from './errors.ts';
import type { StepState } from './run-state.ts';

/** Whether an attempt got beyond the guards, and beyond being refused for certain, so that it may have acted. */
export function mayHaveActed({ attempts, errors }: StepState): boolean {
  return attempts > errors.filter(({ code }) => BEFORE_ACTING.has(code)).length;
}
