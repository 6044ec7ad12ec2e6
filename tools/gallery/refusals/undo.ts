import type { Action } from '../../../src/domain/action.ts';
import type { IncidentState } from '../../../src/domain/incident-state.ts';
import { PROMOTION } from '../../../src/domain/promoted-loss.ts';
import type { UseCaseDependencies } from '../../../src/usecases/dependencies.ts';
import { type PromotionLook, seesPromoted } from '../../../src/usecases/look-at-promotion.ts';
import { undo } from '../../../src/usecases/undo.ts';
import { assertNewestRun } from '../../../src/usecases/undo-named-run.ts';
import { at } from '../chatbot-plan.ts';
import { aborted, aborting, access, journalOf, plan, planning, resolved, underWay, waiting } from '../incidents.ts';
import { failed, finished, pastFence, REQUESTER, RUN, started, story } from '../story.ts';

/** What an undo needs until it is refused. */
const asks = (state: IncidentState, incident?: string) => () =>
  undo({ journal: journalOf(state), access, clock: { now: () => at(300) } } as unknown as UseCaseDependencies, {
    user: REQUESTER,
    at: at(300),
    ...(incident === undefined ? {} : { incident }),
  });

/** The run ended while RDS promotes; its promotion is looked at. */
const unsettled = async () => {
  const { state } = story(
    ...pastFence(plan),
    started('promote', 184),
    failed('promote', 392, 'step.timeout', 'Not done in time.'),
    finished(393, 'failed'),
  );
  const seen = { facts: { replicaOf: 'chatbot-prod' }, measurements: { status: 'modifying' } };
  const promotion = { input: { parse: (value: unknown) => value }, observe: async () => seen } as unknown as Action;
  const clock = { now: () => at(400) };
  const look = { context: { clock }, deadline: { expired: new Promise(() => undefined) } };
  const { run } = state;
  if (!run) throw new Error('the story has no run');
  return seesPromoted({ plan, run, actions: new Map([[PROMOTION, promotion]]), ...look } as unknown as PromotionLook);
};

/** Another run than the newest one. */
const older = () => {
  const { journal, state } = story(...pastFence(plan), finished(181, 'aborted'));
  const run = state.run && { ...state.run, id: 'INC-1.r2' };
  return assertNewestRun({ read: async () => journal }, { ...state, ...(run ? { run } : {}) }, RUN);
};

/** What is not taken back, and why. */
export const UNDO: [id: string, title: string, verb: string, now: string, decide: () => unknown][] = [
  ['undo-none', 'Nothing was changed', 'undo', 'Nothing.', asks(waiting)],
  ['undo-unrun', 'Nothing was run', 'undo', 'Nothing.', asks(planning, 'INC-1')],
  ['undo-running', 'The run goes on', 'undo', 'Pause or abort the run, then ask again.', asks(underWay, 'INC-1')],
  ['undo-aborting', 'The run is being aborted', 'undo', 'Wait a moment, then ask again.', asks(aborting, 'INC-1')],
  ['undo-unsettled', 'A promotion may still come through', 'undo', 'Wait a minute, then ask again.', unsettled],
  ['undo-older-run', 'An older run is meant', 'undo', 'Undo the newest run, or set it back by hand.', older],
  [
    'undo-resolved',
    'The incident is resolved',
    'undo',
    'Change it by hand, or declare a new incident.',
    asks({ ...aborted, status: 'resolved', resolvedBy: resolved.resolvedBy ?? '' }, 'INC-1'),
  ],
];
