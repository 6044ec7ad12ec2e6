import { describe, expect, it } from '@jest/globals';
import { Buttons } from '../../../sandbox/prompt/buttons.ts';
import { changesOf } from '../../../sandbox/prompt/changes.ts';
import { parseLine } from '../../../sandbox/prompt/line.ts';
import { mrkdwn } from '../../../sandbox/prompt/mrkdwn.ts';
import { renderMessage } from '../../../sandbox/prompt/render.ts';
import { COLOURED, PLAIN } from '../../../sandbox/prompt/style.ts';
import type { Message } from '../../../sandbox/slack/state.ts';

const names = { person: (id: string) => id.slice(2).toLowerCase(), channel: (id: string) => id };

describe('mrkdwn in a terminal', () => {
  it.each([
    ['*Waiting* for approval', 'Waiting for approval'],
    ['Asked for by <@U0REQUESTER>', 'Asked for by @requester'],
    ['see <https://example.com|the page>', 'see the page (https://example.com)'],
    ['<!date^1^{time}|02:31 UTC> and <!here>', '02:31 UTC and @here'],
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
    ['`/dr failover`', '/dr failover'],
  ])('%s', (text, expected) => {
    expect(mrkdwn(text, names, PLAIN)).toBe(expected);
  });

  it('makes bold bold where the terminal can', () => {
    expect(mrkdwn('*go*', names, COLOURED)).toBe('\u001B[1mgo\u001B[22m');
  });
});

describe('Block Kit in a terminal', () => {
  it('is read from top to bottom, with numbered buttons', () => {
    const buttons = new Buttons();
    const message: Message = {
      ts: '1.000001',
      channel: 'C0GENERAL',
      user: 'U0LIFEBOAT',
      text: 'Plan',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Plan P-1' } },
        { type: 'section', fields: [{ type: 'mrkdwn', text: '*Loss*\nat most 5 s' }] },
        { type: 'plan', title: 'Steps', tasks: [{ type: 'task_card', title: 'Promote', status: 'in_progress' }] },
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: 'Region' },
              { type: 'raw_text', text: 'Pods' },
            ],
            [
              { type: 'raw_text', text: 'us-west-2' },
              { type: 'raw_text', text: '35' },
            ],
          ],
        },
        {
          type: 'actions',
          block_id: 'b',
          elements: [
            { type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' } },
            {
              type: 'static_select',
              action_id: 'more',
              placeholder: { type: 'plain_text', text: 'More' },
              options: [{ text: { type: 'plain_text', text: 'Abort' }, value: 'abort' }],
            },
          ],
        },
      ],
    };
    buttons.begin(message);

    const lines = renderMessage(message, { names, style: PLAIN, number: (pressable) => buttons.number(pressable) });

    expect(lines).toEqual([
      'Plan P-1',
      'Loss: at most 5 s',
      'Steps',
      '🔄 Promote',
      'Region     Pods',
      'us-west-2  35',
      '[1] Approve   [2] More: Abort',
    ]);
    expect(buttons.find(2)).toMatchObject({ actionId: 'more', value: 'abort', blockId: 'b' });
    expect(buttons.findLabel('approve')).toMatchObject({ actionId: 'approve' });
    expect(buttons.find(7)).toBe('There is no button 7. There are: [1] Approve, [2] More: Abort.');
  });
});

describe('what changed in a live message', () => {
  it('tells words from figures', () => {
    const before = ['🔄 running promote (1 min 10 s)', '▫️ waiting dns', 'RTO left 12 min', 'as of 02:31:07 UTC'];
    const after = ['🔄 running promote (2 min)', '🔄 running dns (1 s)', 'RTO left 11 min 30 s', 'as of 02:31:57 UTC'];

    const { material, figures } = changesOf(before, after);

    expect(material).toEqual(['🔄 running dns (1 s)']);
    expect(figures).toEqual(['🔄 running promote (2 min)', 'RTO left 11 min 30 s', 'as of 02:31:57 UTC']);
  });
});

describe('a typed line', () => {
  it.each([
    ['/dr failover chatbot', { kind: 'command', text: '/dr failover chatbot' }],
    ['as approver', { kind: 'as', person: 'approver' }],
    ['3', { kind: 'press', number: 3 }],
    ['press 3', { kind: 'press', number: 3 }],
    ['press Approve', { kind: 'press-label', label: 'Approve' }],
    ['fault region-down:us-east-1', { kind: 'fault-on', name: 'region-down:us-east-1' }],
    ['fault off', { kind: 'fault-off' }],
    ['fault off replica-lag', { kind: 'fault-off', name: 'replica-lag' }],
    ['  ', { kind: 'nothing' }],
  ])('%s', (text, expected) => {
    expect(parseLine(text)).toEqual(expected);
  });

  it.each([
    ['dr failover', 'Slash commands begin with a slash: /dr failover'],
    ['prss 3', '"prss" means nothing here. Did you mean press? Type help for everything that does.'],
    ['as', 'Say as whom: as requester, as approver, as commander.'],
  ])('%s is answered with one sentence', (text, sentence) => {
    expect(parseLine(text)).toEqual({ kind: 'mistake', sentence });
  });
});
