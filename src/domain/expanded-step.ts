import { InvalidInput } from './errors.ts';
import type { KnownScope } from './known-scope.ts';
import type { PlannedStep } from './plan.ts';
import type { RunbookStep } from './runbook.ts';

/** A plan is read by people before they approve it, and every step of it costs the engine a few journal entries. */
export const MOST_STEPS = 1000;
/** Copies of one `forEach` step. */
export const MOST_COPIES = 200;

/** A step as the plan will have it, with what its expressions see while the plan is made. */
export interface ExpandedStep
  extends Pick<PlannedStep, 'id' | 'phase' | 'title' | 'effect' | 'needs' | 'scope' | 'item' | 'group' | 'gathers'> {
  /** As written, in its own runbook. */
  step: RunbookStep;
  /** Where the step that brought it stands in the file of the plan's runbook. */
  path: readonly (string | number)[];
  isGuard: boolean;
  /** A guard of a nested runbook: it is judged before the first change of the plan, wherever it stands. */
  isGuardOfPlan: boolean;
  /** False when its `if` is known to be false. */
  included: boolean;
  /** Of the step itself or of a nested runbook that it belongs to. */
  graceful: boolean;
  known: KnownScope;
}

/** What cannot become a plan, and which step of the runbook's file is to blame. */
export class CannotExpand extends InvalidInput {
  readonly path: ExpandedStep['path'];

  constructor(code: string, message: string, path: ExpandedStep['path'], options?: { cause?: unknown }) {
    super(code, message, options);
    this.path = path;
  }
}
