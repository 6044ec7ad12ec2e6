import { create } from 'zustand';
import type { ControlEvent, ResetFailure, Snapshot } from '../../control/wire.ts';
import { applyEvent } from './apply-event.ts';

/** What the page knows: the sandbox's last snapshot with every event since applied to it. */
export interface PageState {
  /**
   * `connecting` before the first snapshot, `lost` while the sandbox does not answer (it is tried again by itself),
   * `failed` when there is no world: `failure` says why.
   */
  connection: 'connecting' | 'open' | 'resetting' | 'failed' | 'lost';
  failure: ResetFailure | undefined;
  snapshot: Snapshot | undefined;
  /** `performance.now()` when `snapshot.clock` was received: world time goes on from there. */
  clockReceivedAt: number;
  receive(events: ControlEvent[]): void;
  setConnection(connection: PageState['connection']): void;
}

/** The one store; `connection.ts` feeds it, components read slices of it with selectors. */
export const usePage = create<PageState>((set) => ({
  connection: 'connecting',
  failure: undefined,
  snapshot: undefined,
  clockReceivedAt: 0,
  receive: (events) => set((state) => applyEvents(state, events)),
  setConnection: (connection) => set({ connection }),
}));

function applyEvents(state: PageState, events: ControlEvent[]): Partial<PageState> {
  let { connection, failure, snapshot, clockReceivedAt } = state;
  for (const event of events) {
    if (event.type === 'resetting') {
      connection = 'resetting';
      failure = undefined;
      continue;
    }
    if (event.type === 'reset-failed') {
      connection = 'failed';
      failure = event.failure;
      continue;
    }
    if (event.type === 'snapshot') {
      connection = 'open';
      failure = undefined;
    }
    snapshot = event.type === 'snapshot' ? event.snapshot : snapshot && applyEvent(snapshot, event);
    if ('clock' in event || event.type === 'snapshot') clockReceivedAt = performance.now();
  }
  return { connection, failure, snapshot, clockReceivedAt };
}

/** The snapshot, for components that are drawn only when there is one. */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  return usePage((state) => {
    if (!state.snapshot) throw new Error('there is no snapshot yet');
    return select(state.snapshot);
  });
}
