import { createContext, useContext } from 'react';
import type { Block, Channel, Person, StateValue } from '../../../slack/state.ts';

/** What every block and element on one surface shares. */
export interface Surface {
  kind: 'message' | 'modal';
  people: Person[];
  channels: Channel[];
  disabled: boolean;
  errors: Record<string, string>;
  /** Begins every id in the document that these blocks give. */
  idPrefix: string;
  /** As the person left it, or as it was offered; nothing for what has no value. */
  valueOf(blockId: string, element: Block): StateValue | undefined;
  fillIn(blockId: string, element: Block, value: StateValue): void;
  /** Sends the action, with everything that is filled in; `filledIn` is what has just been. */
  act(blockId: string, element: Block, value?: string, filledIn?: StateValue): void;
}

export const SurfaceContext = createContext<Surface | undefined>(undefined);

/** What the surrounding `Blocks` share. Throws outside of them. */
export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('blocks are drawn inside Blocks');
  return surface;
}
