import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { type BlockAction, Blocks, type BlocksProps } from '../../../sandbox/page/src/blocks/blocks.tsx';
import type { Block, StateValues } from '../../../sandbox/slack/state.ts';

const PEOPLE = [
  { id: 'U0REQUESTER', name: 'requester', realName: 'Robin Requester' },
  { id: 'U0APPROVER', name: 'approver', realName: 'Ada Approver' },
];
const CHANNELS = [
  { id: 'C0GENERAL', name: 'general' },
  { id: 'D0ADA', name: 'ada', directTo: 'U0APPROVER' },
];

// happy-dom has no popovers: here they are shown as soon as they are drawn, and closed by whoever drew them.
HTMLElement.prototype.showPopover ??= () => undefined;
HTMLElement.prototype.hidePopover ??= () => undefined;

/** Blocks on the page, and somebody who uses them. What they do is collected in `actions` and `states`. */
export function draw(blocks: Block[], props: Partial<BlocksProps> = {}) {
  const actions: BlockAction[] = [];
  const states: StateValues[] = [];
  const element = (next: Block[], more: Partial<BlocksProps> = {}) => (
    <Blocks
      blocks={next}
      surface="message"
      people={PEOPLE}
      channels={CHANNELS}
      onAction={(action) => actions.push(action)}
      onStateChange={(state) => states.push(state)}
      {...props}
      {...more}
    />
  );
  const view = render(element(blocks));
  return {
    ...view,
    user: userEvent.setup(),
    actions,
    states,
    update: (next: Block[], more?: Partial<BlocksProps>) => view.rerender(element(next, more)),
  };
}

export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const option = (value: string, text = value) => ({ text: plain(text), value });

export const actionsWith = (...elements: object[]): Block => ({ type: 'actions', block_id: 'act', elements });
export const inputWith = (element: object, more: object = {}): Block => ({
  type: 'input',
  block_id: 'in',
  label: plain('Reason'),
  element: { action_id: 'value', ...element },
  ...more,
});
