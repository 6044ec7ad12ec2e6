import { InvalidInput } from '../domain/errors.ts';
import { foldIncident, type IncidentState, planOf } from '../domain/incident-state.ts';
import { undoable } from '../domain/undo.ts';
import type { Journal } from '../engine/ports.ts';

/** Steps that the sentence names. */
const NAMED = 3;

/**
 * Throws InvalidInput unless the run is the newest one of the incident, or the one that the newest run undoes: only what
 * nothing was built on since can be taken back. What stands of the run named is said.
 */
export async function assertNewestRun(
  journal: Pick<Journal, 'read'>,
  state: IncidentState,
  runId: string | undefined,
): Promise<void> {
  const { run, id } = state;
  const undone = planOf(state, run?.planId)?.plan.undoOf;
  if (runId === undefined || runId === run?.id || runId === undone) return;
  const entries = await journal.read(id);
  const end = entries.findIndex(({ event }) => event.type === 'run.finished' && event.runId === runId);
  const ended = foldIncident(entries.slice(0, end + 1));
  if (!run || !ended) {
    throw new InvalidInput('run.unknown', `There is no run ${runId}. ${id} has ${run?.id ?? 'none yet'}.`);
  }
  const { undo, not } = undoable(ended);
  const back = new Set(
    state.plans.flatMap(({ plan }) => {
      if (plan.undoOf !== runId) return [];
      const runs = entries.flatMap(({ event }) =>
        event.type === 'run.started' && event.planId === plan.id ? [event.runId] : [],
      );
      return plan.steps.flatMap(({ id: step, undoes }) =>
        undoes &&
        entries.some(
          ({ event }) => event.type === 'step.succeeded' && event.step === step && runs.includes(event.runId),
        )
          ? [undoes.step]
          : [],
      );
    }),
  );
  const stands = [...undo, ...not.map(({ step }) => step)].filter((step) => !back.has(step.id));
  const named = stands.slice(0, NAMED).map(({ title }) => `“${title}”`);
  const more = stands.length > NAMED ? ` and ${stands.length - NAMED} more` : '';
  const what =
    named.length > 0
      ? `What ${runId} changed stands, unless a later run has changed it: ${named.join(', ')}${more}.`
      : `Nothing that ${runId} changed stands.`;
  throw new InvalidInput(
    'undo.older-run',
    `Only the newest run can be undone, ${run.id}: \`/dr undo ${run.id}\`. ${what}`,
  );
}
