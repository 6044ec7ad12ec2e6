import type { EventOf } from './events.ts';
import { pinnedServices } from './pinned-services.ts';
import type { Plan } from './plan.ts';
import { isReadOnly } from './read-only.ts';
import type { RunState, StepState } from './run-state.ts';

/** Code of the error of a step that an abort cut short: it did not fail by itself. */
export const ABORTED = 'run.aborted';

/**
 * How a run that has nothing left to do ended, honestly: what was skipped, overridden, left out or left open is named. One that
 * was ended while a step stood failed has failed; one that was ended otherwise was aborted.
 */
export function outcomeOf(
  run: RunState,
  plan: Pick<Plan, 'steps' | 'undoOf'>,
): Pick<EventOf<'run.finished'>, 'outcome' | 'exceptions'> {
  const steps = Object.values(run.steps);
  const ids = (holds: (step: StepState) => boolean, word: string) =>
    steps.filter(holds).map(({ id }) => `${word} ${id}`);
  const exceptions = [
    ...run.exceptions,
    ...ids(({ status }) => status === 'skipped', 'skipped'),
    ...ids(({ overrides }) => overrides.length > 0, 'overridden'),
    // What was not graceful any more is part of what it cost.
    ...ids(({ leftOutBecause }) => leftOutBecause !== undefined, 'left out'),
    ...pinnedServices(run, plan).map(({ service }) => `pinned ${service}`),
  ];
  if (run.status !== 'aborting') {
    if (isReadOnly(plan)) return { outcome: 'finished', exceptions };
    return { outcome: exceptions.length > 0 ? 'recovered with exceptions' : 'recovered', exceptions };
  }
  const failed = ids(({ status, errors }) => status === 'failed' && errors.at(-1)?.code !== ABORTED, 'failed');
  return { outcome: failed.length > 0 ? 'failed' : 'aborted', exceptions: [...exceptions, ...failed] };
}

/** True when the run brought the system back: escalation is held from then on. */
export function isRecovered(run: RunState | undefined): boolean {
  return run?.outcome === 'recovered' || run?.outcome === 'recovered with exceptions';
}
