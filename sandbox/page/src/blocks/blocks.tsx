import type { Block, Channel, Person, StateValues } from '../../../slack/state.ts';
import { Mrkdwn } from './mrkdwn.tsx';

export interface BlockAction {
  actionId: string;
  blockId: string;
  /** The value of the option, date, time or person chosen; a button brings its own. */
  value?: string;
  /** Every input of the same blocks, as the person left it. */
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
  /** What is filled in, in Slack's own shape; without it, the component keeps it itself. */
  state?: StateValues;
  onStateChange?: (state: StateValues) => void;
  /** What is wrong with the inputs, by block id. */
  errors?: Record<string, string>;
}

/** Block Kit, drawn as Slack draws it. */
export function Blocks({ blocks, people, channels, disabled, onAction }: BlocksProps) {
  return (
    <div>
      {blocks.map((block, index) => {
        const text = block.text as { text?: string } | undefined;
        const elements = (block.elements ?? []) as Block[];
        return (
          <div key={block.block_id ?? index}>
            {text?.text !== undefined && <Mrkdwn text={text.text} people={people} channels={channels} />}
            {elements
              .filter(({ type }) => type === 'button')
              .map((button) => (
                <button
                  key={String(button.action_id)}
                  type="button"
                  disabled={disabled}
                  onClick={() => onAction?.({ actionId: String(button.action_id), blockId: block.block_id ?? '' })}
                >
                  {String((button.text as { text: string }).text)}
                </button>
              ))}
          </div>
        );
      })}
    </div>
  );
}
