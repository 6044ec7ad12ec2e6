import type { AriaAttributes } from 'react';
import { inputValue } from '../../../../slack/acts/values.ts';
import type { Block, StateValue } from '../../../../slack/state.ts';
import type { ConfirmDialog, Element } from '../block-kit.ts';
import { useSurface } from '../surface.ts';
import type { Wiring } from './any-element.tsx';
import { useConfirmation } from './confirmation.tsx';

interface Choice {
  value: StateValue;
  disabled: boolean;
  /**
   * Takes what was chosen: an option's value, an id, a date, several of them, or nothing any more. It is asked about
   * first where the element wants it, and told to the app (`named` is what changed) except in an input block, which
   * waits until its modal is submitted.
   */
  choose: (chosen: string | string[] | undefined, named?: string) => void;
  /** Fills it in, tells nobody, and returns what it is now. */
  fillIn: (chosen: string | string[] | undefined) => StateValue;
  /** Tells the app what is filled in; `filledIn` is what has just been, and is not yet in `value`. */
  send: (named: string | undefined, filledIn?: StateValue) => void;
}

/** The value of one element, and how a person changes it. */
export function useChoice(blockId: string, given: Element, wiring: Wiring | undefined): Choice {
  const surface = useSurface();
  const ask = useConfirmation();
  const element = given as Block;
  const confirm = 'confirm' in given ? (given.confirm as ConfirmDialog | undefined) : undefined;
  const sends = wiring === undefined || wiring.dispatches;
  const shaped = (chosen: string | string[] | undefined): StateValue =>
    (chosen === undefined ? inputValue(emptied(element)) : inputValue(element, chosen)) ?? { type: element.type };
  const value = surface.valueOf(blockId, element) ?? { type: element.type };
  return {
    value,
    disabled: surface.disabled,
    choose: (chosen, named) =>
      ask(confirm, () => {
        const filledIn = shaped(chosen);
        surface.fillIn(blockId, element, filledIn);
        if (sends) surface.act(blockId, element, named, filledIn);
      }),
    fillIn: (chosen) => {
      const filledIn = shaped(chosen);
      surface.fillIn(blockId, element, filledIn);
      return filledIn;
    },
    send: (named, filledIn = value) => {
      if (sends) ask(confirm, () => surface.act(blockId, element, named, filledIn));
    },
  };
}

/** The element without what it offered at first. */
function emptied({ type, action_id }: Block): Block {
  return { type, action_id };
}

/** What an element is called by those who do not see it: its block's label, or else what the element says itself. */
export function nameOf(wiring: Wiring | undefined, ...words: (string | undefined)[]): { 'aria-label'?: string } {
  const word = words.find((candidate) => candidate !== undefined && candidate !== '');
  return wiring || word === undefined ? {} : { 'aria-label': word };
}

/** The attributes that tie an element to its block's label, hint and error. */
export function wiredTo(wiring: Wiring | undefined): AriaAttributes & { id?: string } {
  if (!wiring) return {};
  return {
    id: wiring.id,
    'aria-describedby': wiring.describedBy,
    'aria-invalid': wiring.isInvalid || undefined,
    'aria-required': wiring.isOptional ? undefined : true,
  };
}
