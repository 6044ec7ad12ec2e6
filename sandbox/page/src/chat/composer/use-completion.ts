import { useMemo, useState } from 'react';
import type { Person } from '../../../../slack/state.ts';
import { usePage } from '../../store.ts';
import { knownTo } from './known.ts';
import { isTyped, type Suggestion, type Suggestions, suggest } from './suggest.ts';

export interface Completion {
  /** What is offered now; undefined: the list is closed. */
  offered: Suggestions | undefined;
  /** Index of the option that Enter would take; undefined: Enter sends. */
  active: number | undefined;
  /** `typed`: the list may open; otherwise it stays closed until somebody types. */
  open(typed: boolean): void;
  move(step: -1 | 1): void;
  /** The option that Enter takes; undefined when the text says it already, or none is chosen. */
  taken(): Suggestion | undefined;
}

/** The list over a composer, for what stands before the cursor. */
export function useCompletion(text: string, caret: number, person: Person, isThread: boolean): Completion {
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState<{ for: string; index: number }>();
  const offered = useMemo(() => {
    // Asked for at each key only, so that what happens in the channel does not change the list under the fingers.
    const { snapshot } = usePage.getState();
    return isOpen && snapshot ? suggest(text, caret, knownTo(person, snapshot), isThread) : undefined;
  }, [isOpen, text, caret, person, isThread]);

  const moment = `${caret}/${text}`;
  const first = offered?.isAwaited ? 0 : undefined;
  const active = chosen?.for === moment ? chosen.index : first;
  return {
    offered,
    active,
    open: setIsOpen,
    move(step) {
      const count = offered?.options.length ?? 0;
      const from = active ?? (step === 1 ? -1 : count);
      setChosen({ for: moment, index: (from + step + count) % count });
    },
    taken() {
      const option = active === undefined ? undefined : offered?.options[active];
      return offered && option && !isTyped(text, offered, option) ? option : undefined;
    },
  };
}
