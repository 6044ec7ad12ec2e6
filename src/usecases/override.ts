import { isPlanId } from './arguments.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOf, requireIncident } from './find.ts';
import { heldSentence } from './hold.ts';
import { decideGuardOverride } from './override-guard.ts';
import { decideStepOverride } from './override-step.ts';

export interface OverrideInput {
  user: string;
  /** A refused plan, or a run with a failed step. */
  target: string;
  step: string;
  /** Absent: the second name under what somebody else asked for. */
  reason?: string;
}

/** How an override stands after it was asked for or signed. */
export type Overridden =
  /** Of a plan: guards that still refuse it, and who may approve it when none is left. */
  | { kind: 'plan'; open: string[]; mayApprove: string[] }
  /** Of a run: who may sign as the second person. */
  | { kind: 'asked'; maySign: string[] }
  /** `held`: what keeps the run from going on with it, a sentence. */
  | { kind: 'signed'; held?: string };

/** Passes a failed guard of a plan, or asks for or signs that a failed step of a run is tried again without it. */
export async function override(parts: UseCaseDependencies, input: OverrideInput): Promise<Overridden> {
  const { journal, clock, access, queue } = parts;
  const { id } = await requireIncident(journal, incidentOf(input.target));
  const now = clock.now();
  const decide = isPlanId(input.target) ? decideGuardOverride : decideStepOverride;
  let result: Overridden = { kind: 'signed' };
  const { state } = await journal.decide(id, now, (before) => {
    const { decision, overridden } = decide(access, before, input, now);
    result = overridden;
    return decision;
  });
  await queue.wake(id);
  const held = result.kind === 'signed' && state.run && heldSentence(state.run);
  return held ? { kind: 'signed', held } : result;
}
