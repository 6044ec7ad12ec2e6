import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Journal } from '../engine/ports.ts';
import { activeRun, chooseIncident } from './find.ts';

/** A run by its id, by its incident, or by nothing where only one is under way. Throws InvalidInput that says which there are. */
export async function chooseRun(journal: Journal, id: string | undefined): Promise<string> {
  if (id?.includes('.')) return id;
  const state = await chooseIncident(journal, id, (one) => activeRun(one) !== undefined, NONE);
  if (state.run) return state.run.id;
  throw new InvalidInput('run.none', `${state.id} has no run yet: \`/dr status ${state.id}\` says how it stands.`);
}

/**
 * What an override of `step` is about: the plan or run named, or that of the incident, or of the only open one, in which
 * the step fails. Throws InvalidInput where that is not clear.
 */
export async function chooseOverridden(journal: Journal, id: string | undefined, step: string): Promise<string> {
  if (id?.includes('.')) return id;
  const none = `No plan and no run has a step ${step.slice(0, 60)} that fails. What is open: \`/dr status\`.`;
  const state = await chooseIncident(journal, id, (one) => failsIn(one, step).length > 0, none);
  const [only, ...others] = failsIn(state, step);
  if (only === undefined) {
    const known = [activeRun(state)?.id, state.plans.at(-1)?.plan.id].filter((one) => one !== undefined);
    if (known[0] !== undefined) return known[0];
    throw new InvalidInput('override.nothing', none);
  }
  if (others.length === 0) return only;
  throw new InvalidInput(
    'override.which',
    `${step} fails in ${[only, ...others].join(' and in ')}. Name the one you mean: \`/dr override ${only} ${step} --reason "…"\`.`,
  );
}

const NONE = 'No run is under way. What is open: `/dr status`.';

/** The run under way and the newest plan, as far as this step fails there. */
function failsIn(state: IncidentState, step: string): string[] {
  const run = activeRun(state);
  const newest = state.plans.at(-1);
  const inPlan =
    newest && (newest.status === 'refused' || newest.overrides) && newest.plan.id !== run?.planId
      ? newest.plan.guards.some((guard) => guard.step === step && !guard.passed)
      : false;
  return [...(run?.steps[step]?.status === 'failed' ? [run.id] : []), ...(newest && inPlan ? [newest.plan.id] : [])];
}
