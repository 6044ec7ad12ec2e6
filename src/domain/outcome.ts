import type { EventOf } from './events.ts';
import type { RunState } from './incident-state.ts';

/** How a run that has nothing left to do ended, honestly: what was skipped, refused or left open is named. */
export function outcomeOf(run: RunState): Pick<EventOf<'run.finished'>, 'outcome' | 'exceptions'> {
  const skipped = Object.values(run.steps)
    .filter(({ status }) => status === 'skipped')
    .map(({ id }) => `skipped ${id}`);
  const exceptions = [...run.exceptions, ...skipped];
  if (run.status === 'aborting') return { outcome: 'aborted', exceptions };
  return { outcome: exceptions.length > 0 ? 'recovered with exceptions' : 'recovered', exceptions };
}

/** True when the run brought the system back: escalation is held from then on. */
export function isRecovered(run: RunState | undefined): boolean {
  return run?.outcome === 'recovered' || run?.outcome === 'recovered with exceptions';
}
