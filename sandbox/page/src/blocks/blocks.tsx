import { useId, useMemo, useState } from 'react';
import { inputValue, stateOf } from '../../../slack/acts/values.ts';
import type { Block, Channel, Person, StateValue, StateValues } from '../../../slack/state.ts';
import { AnyBlock } from './any-block.tsx';
import styles from './blocks.module.css';
import { Confirmations } from './elements/confirmation.tsx';
import { Guarded } from './guarded.tsx';
import { type Surface, SurfaceContext } from './surface.ts';

export interface BlockAction {
  actionId: string;
  blockId: string;
  /** The value of the option, date, time or person chosen; a button brings its own. */
  value?: string;
  /** Every input among these blocks, as the person left it. */
  state?: StateValues;
}

export interface BlocksProps {
  blocks: Block[];
  surface: 'message' | 'modal';
  people: Person[];
  channels: Channel[];
  /** While an answer is awaited: nothing can be pressed or filled in. */
  disabled?: boolean;
  onAction?: (action: BlockAction) => void;
  /** What is filled in, in Slack's own shape; without it, it is kept here. */
  state?: StateValues;
  /** Says everything that is filled in, whenever some of it changes. */
  onStateChange?: (state: StateValues) => void;
  /** What is wrong with the inputs, by block id. */
  errors?: Record<string, string>;
}

/** Block Kit, drawn as Slack draws it, and usable. What cannot be drawn is named, never left out. */
export function Blocks(props: BlocksProps) {
  const {
    blocks,
    surface: kind,
    people,
    channels,
    disabled = false,
    onAction,
    onStateChange,
    errors = NO_ERRORS,
  } = props;
  const [own, setOwn] = useState<StateValues>({});
  const state = props.state ?? own;
  const idPrefix = useId();

  const surface = useMemo<Surface>(() => {
    const withValue = (blockId: string, element: Block, value: StateValue): StateValues => ({
      ...state,
      [blockId]: { ...state[blockId], [String(element.action_id)]: value },
    });
    return {
      kind,
      people,
      channels,
      disabled,
      errors,
      idPrefix,
      valueOf: (blockId, element) => inputValue(element, state[blockId]?.[String(element.action_id)]),
      fillIn: (blockId, element, value) => {
        const next = withValue(blockId, element, value);
        setOwn(next);
        onStateChange?.(stateOf(blocks, next));
      },
      act: (blockId, element, value, filledIn) => {
        const next = filledIn ? withValue(blockId, element, filledIn) : state;
        onAction?.({
          actionId: String(element.action_id),
          blockId,
          ...(value !== undefined && { value }),
          state: stateOf(blocks, next),
        });
      },
    };
  }, [blocks, kind, people, channels, disabled, errors, idPrefix, state, onAction, onStateChange]);

  return (
    <SurfaceContext value={surface}>
      <Confirmations>
        <div className={styles.blocks} data-surface={kind}>
          {blocks.map((block, index) => (
            <Guarded key={block.block_id ?? index} block={block}>
              <AnyBlock block={block} />
            </Guarded>
          ))}
        </div>
      </Confirmations>
    </SurfaceContext>
  );
}

const NO_ERRORS: Record<string, string> = {};
