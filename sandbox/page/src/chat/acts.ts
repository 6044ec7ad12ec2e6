import { create } from 'zustand';
import type { Seen } from '../../../slack/acts/seen.ts';
import { Refusal } from '../api.ts';

/** What one person did at one place (a composer, a message, a dialog), until the sandbox has answered, and its trouble. */
export interface Act {
  isUnderWay: boolean;
  /** What was refused or went wrong, in a sentence. */
  trouble?: string;
  /** What is wrong with a dialog's inputs, by block id. */
  errors?: Record<string, string>;
}

const useStore = create<{ acts: Record<string, Act> }>(() => ({ acts: {} }));
const IDLE: Act = { isUnderWay: false };

export function useAct(place: string): Act {
  return useStore(({ acts }) => acts[place] ?? IDLE);
}

/**
 * Does something once: while an earlier act at the same place is under way, it is not done again. Resolves with true
 * when the app took it, and otherwise keeps what went wrong for `useAct`.
 */
export async function perform(place: string, act: () => Promise<Seen | undefined>): Promise<boolean> {
  if (useStore.getState().acts[place]?.isUnderWay) return false;
  put(place, { isUnderWay: true });
  try {
    const after = troubleOf(await act());
    put(place, after);
    return after === undefined;
  } catch (error) {
    // Only what the sandbox refuses is an answer; anything else is a mistake of ours, and is not hidden.
    if (!(error instanceof Refusal)) {
      put(place, undefined);
      throw error;
    }
    put(place, { isUnderWay: false, trouble: error.message });
    return false;
  }
}

/** The person has read it. */
export function forgetTrouble(place: string): void {
  const act = useStore.getState().acts[place];
  if (act && !act.isUnderWay) put(place, undefined);
}

function troubleOf(seen: Seen | undefined): Act | undefined {
  if (seen === undefined) return undefined;
  if (seen.outcome === 'acknowledged') return seen.errors ? { isUnderWay: false, errors: seen.errors } : undefined;
  if (seen.outcome === 'not-sent' && seen.errors) return { isUnderWay: false, errors: seen.errors };
  return { isUnderWay: false, trouble: seen.text };
}

function put(place: string, act: Act | undefined): void {
  useStore.setState(({ acts }) => {
    const { [place]: _before, ...others } = acts;
    return { acts: act ? { ...others, [place]: act } : others };
  });
}
