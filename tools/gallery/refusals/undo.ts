import type { IncidentState } from '../../../src/domain/incident-state.ts';
import type { UseCaseDependencies } from '../../../src/usecases/dependencies.ts';
import { undo } from '../../../src/usecases/undo.ts';
import { at } from '../chatbot-plan.ts';
import { aborted, aborting, access, journalOf, planning, resolved, underWay, waiting } from '../incidents.ts';
import { REQUESTER } from '../story.ts';

/** What an undo needs until it is refused. */
const asks = (state: IncidentState, incident?: string) => () =>
  undo({ journal: journalOf(state), access, clock: { now: () => at(300) } } as unknown as UseCaseDependencies, {
    user: REQUESTER,
    at: at(300),
    ...(incident === undefined ? {} : { incident }),
  });

/** What is not taken back, and why. */
export const UNDO: [id: string, title: string, verb: string, now: string, decide: () => unknown][] = [
  ['undo-none', 'Nothing was changed', 'undo', 'Nothing.', asks(waiting)],
  ['undo-unrun', 'Nothing was run', 'undo', 'Nothing.', asks(planning, 'INC-1')],
  ['undo-running', 'The run goes on', 'undo', 'Pause or abort the run, then ask again.', asks(underWay, 'INC-1')],
  ['undo-aborting', 'The run is being aborted', 'undo', 'Wait a moment, then ask again.', asks(aborting, 'INC-1')],
  [
    'undo-resolved',
    'The incident is resolved',
    'undo',
    'Change it by hand, or declare a new incident.',
    asks({ ...aborted, status: 'resolved', resolvedBy: resolved.resolvedBy ?? '' }, 'INC-1'),
  ],
];
