import { abortWarnings } from '../domain/abort.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState, RunState } from '../domain/incident-state.ts';
import type { Access } from '../domain/system.ts';
import { abortWindowTimerId } from '../domain/timer-decision.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { activeRun, chooseIncident, requireRole } from './find.ts';

export interface AbortInput {
  user: string;
  /** The only incident with a run under way when absent. */
  incident?: string;
  reason?: string;
}

/** Asks the run of an incident to stop: no new step starts, waits end. Throws InvalidInput when nothing runs. */
export async function abort(
  parts: UseCaseDependencies,
  input: AbortInput,
): Promise<{ incident: string; runId: string }> {
  const { journal, clock, access, queue } = parts;
  const found = await chooseRunning(parts, input);
  const { state } = await journal.decide(found.id, clock.now(), (now) => requestAbort(access, now, input));
  await queue.wake(state.id);
  return { incident: state.id, runId: state.run?.id ?? '' };
}

export interface AboutAbort {
  incident: string;
  runId: string;
  /** What an abort would leave behind, a sentence each. */
  warnings: string[];
}

/** What an abort would do; changes nothing. Throws InvalidInput where the abort itself would. */
export async function aboutAbort(
  parts: Pick<UseCaseDependencies, 'journal' | 'access'>,
  input: AbortInput,
): Promise<AboutAbort> {
  const state = await chooseRunning(parts, input);
  requestAbort(parts.access, state, input);
  return { incident: state.id, runId: state.run?.id ?? '', warnings: abortWarnings(state) };
}

function chooseRunning({ journal }: Pick<UseCaseDependencies, 'journal'>, { incident }: AbortInput) {
  const none = 'No run is under way, so there is nothing to abort. What is open: `/dr status`.';
  return chooseIncident(journal, incident, (state) => activeRun(state) !== undefined, none);
}

/** Pure. */
export function requestAbort(access: Access, state: IncidentState, { user, reason }: AbortInput): Decision {
  requireRole(access, state.system, ['command'], user, 'abort a run');
  const run = activeRun(state);
  if (!run) {
    const waiting = state.plans.findLast(({ status }) => status === 'awaiting approval')?.plan.id;
    const hint = waiting
      ? `Plan ${waiting} awaits approval: \`/dr reject ${waiting}\` turns it down.`
      : `How it stands: \`/dr status ${state.id}\`.`;
    throw new InvalidInput(
      'abort.nothing',
      `No run of ${state.id} is under way, so there is nothing to abort. ${hint}`,
    );
  }
  if (run.status === 'aborting') {
    if (run.abort?.by === user) return { events: [] };
    const after = state.next ? ` ${state.next.runId} starts then, and can be aborted as soon as it has.` : '';
    throw new InvalidInput('abort.late', `<@${run.abort?.by ?? ''}> is already aborting ${run.id}.${after}`);
  }
  return abortRun(run, user, reason);
}

/** Pure: a run that is under way is asked to stop; its abort window is over with that. */
export function abortRun({ id, abortWindow }: RunState, by: string, reason?: string): Decision {
  return {
    events: [{ type: 'run.abort-requested', runId: id, by, ...(reason === undefined ? {} : { reason }) }],
    disarm: abortWindow && !abortWindow.closed ? [abortWindowTimerId(id, abortWindow.isSecond)] : [],
  };
}
