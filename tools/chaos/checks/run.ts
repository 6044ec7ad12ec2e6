import { isRecovered } from '../../../src/domain/outcome.ts';
import type { Check } from './check.ts';

/** What the end of an emergency failover leaves open by its nature. */
const IN_THE_NATURE = new Set(['unfenced', 'unprotected']);

export const runReachesItsEnd: Check = {
  name: 'the run reaches its proper end without help',
  check({ state, entries, usersWrite }) {
    const { run } = state ?? {};
    const failed = entries.flatMap(({ event, sequence }) =>
      event.type === 'step.failed'
        ? [`The step ${event.step} failed and asked for a person (event ${sequence}): ${event.error.message}`]
        : [],
    );
    if (!run) return [`No run was started: ${standing(state)}.`, ...failed];
    if (run.status !== 'finished') {
      const open = Object.values(run.steps).filter(({ status }) => status === 'running' || status === 'failed');
      const where = open.map(({ id, status }) => `${id} ${status}`).join(', ');
      return [`The run ${run.id} did not end: it is ${run.status}${where ? ` (${where})` : ''}.`, ...failed];
    }
    if (!isRecovered(run)) return [`The run ${run.id} ended as ${run.outcome}.`, ...failed];
    const surprising = run.exceptions.filter((exception) => !IN_THE_NATURE.has(exception));
    return [
      ...failed,
      ...(surprising.length > 0 ? [`The run ended with exceptions: ${surprising.join(', ')}.`] : []),
      ...(usersWrite ? [] : ['The run says recovered, but users cannot write.']),
    ];
  },
};

export const acknowledgedIsDone: Check = {
  name: 'what was acknowledged to a person is done',
  check: ({ broken }) => broken.map((what) => `${what}.`),
};

export const faultIsOvercome: Check = {
  name: 'each fault is overcome in time',
  check: ({ faultFailures }) => [...faultFailures],
};

function standing(state: { plans: { status: string }[]; planFailure?: { error: { message: string } } } | undefined) {
  if (!state) return 'no incident was declared';
  const plans = state.plans.map(({ status }) => status).join(', ');
  return state.planFailure?.error.message ?? `its plans are ${plans || 'none'}`;
}
