import { create } from 'zustand';
import type { StateValues } from '../../../../slack/state.ts';

interface FilledInStore {
  /** By the dialog's id: it outlives a look at somebody else's screen, and not a reload, as in Slack. */
  filledIn: Record<string, StateValues>;
  fillIn(view: string, state: StateValues): void;
}

/** What people have filled into the dialogs that are open. */
export const useFilledIn = create<FilledInStore>()((set) => ({
  filledIn: {},
  fillIn: (view, state) => set(({ filledIn }) => ({ filledIn: { ...filledIn, [view]: state } })),
}));
