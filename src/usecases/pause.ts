import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState, RunState } from '../domain/incident-state.ts';
import type { Access } from '../domain/system.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { decisionsOn, incidentOf, requireIncident, requireRole, requireRun } from './find.ts';

export interface PauseInput {
  user: string;
  runId: string;
  reason?: string;
}

/** Holds a run: what runs ends, and no new step starts until somebody resumes it. */
export async function pause({ journal, clock, access, queue }: UseCaseDependencies, input: PauseInput): Promise<void> {
  const { id } = await requireIncident(journal, incidentOf(input.runId));
  await journal.decide(id, clock.now(), (state) => decidePause(access, state, input));
  await queue.wake(id);
}

/** Lets a run that is held go on. Returns what still keeps it paused, a sentence; undefined: it runs. */
export async function resume(
  { journal, clock, access, queue }: UseCaseDependencies,
  input: Pick<PauseInput, 'user' | 'runId'>,
): Promise<string | undefined> {
  const { id } = await requireIncident(journal, incidentOf(input.runId));
  const { state } = await journal.decide(id, clock.now(), (now) => decideResume(access, now, input));
  await queue.wake(id);
  return state.run && stillPaused(state, state.run);
}

/**
 * Pure. A run that is paused by a failed step is held all the same: then somebody may decide on the step without the rest
 * starting. The same person's second click changes nothing; with another reason it puts that in the record.
 */
export function decidePause(access: Access, state: IncidentState, { user, runId, reason }: PauseInput): Decision {
  requireRole(access, state.system, ['command'], user, 'pause a run');
  const run = requireRun(state, runId);
  const isNews = run.hold?.by === user && reason !== undefined && reason !== run.hold.reason;
  if (run.hold?.by === user && !isNews) return { events: [] };
  if (run.hold && !isNews) {
    throw new InvalidInput(
      'pause.late',
      `<@${run.hold.by}> already paused ${run.id}: \`/dr resume ${run.id}\` lets it go on.`,
    );
  }
  const why = reason === undefined ? {} : { reason };
  return { events: [{ type: 'run.pause-requested', runId: run.id, by: user, ...why }] };
}

/** Pure. Resuming a run that runs changes nothing. */
export function decideResume(
  access: Access,
  state: IncidentState,
  { user, runId }: Pick<PauseInput, 'user' | 'runId'>,
): Decision {
  requireRole(access, state.system, ['command'], user, 'resume a run');
  const run = requireRun(state, runId);
  if (run.hold) return { events: [{ type: 'run.resumed', runId: run.id, by: user }] };
  const failed = stillPaused(state, run);
  if (failed) throw new InvalidInput('resume.failed', `Nobody holds ${run.id}: ${failed}`);
  return { events: [] };
}

/** Which failed step waits for a decision, and how to decide. */
function stillPaused(state: IncidentState, run: RunState): string | undefined {
  const failed = Object.values(run.steps).find(({ status }) => status === 'failed');
  return failed && `it is paused because ${failed.id} failed. Decide: ${decisionsOn(state, run, failed)}.`;
}
