import { describe, expect, test } from '@jest/globals';
import { knownTo } from '../../../sandbox/page/src/chat/composer/known.ts';
import { suggest } from '../../../sandbox/page/src/chat/composer/suggest.ts';
import { readUsage } from '../../../sandbox/page/src/chat/composer/usage.ts';
import type { Message } from '../../../sandbox/slack/state.ts';
import { APPROVER, BYSTANDER, CHANNEL, messageOf, REQUESTER, snapshotWith } from '../store/snapshot.ts';

const COMMANDS = [
  {
    verb: 'failover',
    usage: 'failover <system> [--to region] [--mode emergency|planned] [--reason "…"]',
    summary: '',
  },
  { verb: 'approve', usage: 'approve <plan>', summary: '' },
  { verb: 'skip', usage: 'skip <run> <step> --reason "…"', summary: '' },
  { verb: 'resolve', usage: 'resolve [incident]', summary: '' },
  { verb: 'help', usage: 'help', summary: '' },
];
const board: Message = messageOf('2.000000', {
  text: 'INC-2 runs as INC-2.r1',
  blocks: [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'skip', value: 'INC-2.r1 data/promote' }],
    },
  ],
});
const told = snapshotWith({
  commands: COMMANDS,
  channels: [
    { id: CHANNEL, name: 'incident-response' },
    { id: 'D0APPROVER', name: 'directmessage', directTo: APPROVER.id },
  ],
  messages: {
    [CHANNEL]: [messageOf('1.000000', { text: 'Plan INC-1.p1 is ready' }), board],
    D0APPROVER: [messageOf('3.000000', { channel: 'D0APPROVER', text: 'Plan INC-9.p1 waits' })],
  },
  ephemerals: [{ ...messageOf('4.000000', { text: 'Plan INC-10.p2 is yours' }), to: REQUESTER.id }],
});
const known = knownTo(REQUESTER, told);

/** What is offered where the bar stands in the text; undefined: nothing. */
function offered(text: string, isThread = false) {
  const caret = text.indexOf('|');
  return suggest(text.replace('|', ''), caret, known, isThread)?.options.map(({ label }) => label);
}

describe('what may come next', () => {
  test.each<[string, string[] | undefined]>([
    ['/|', ['/dr']],
    ['/D|', ['/dr']],
    ['/x|', undefined],
    ['/dr |', ['failover', 'approve', 'skip', 'resolve', 'help']],
    ['/dr F|', ['failover']],
    ['/dr fail|over chatbot', ['failover']],
    ['/dr failover |', ['chatbot', 'shop']],
    ['/dr failover s|', ['shop']],
    ['/dr failover shop |', ['--to', '--mode', '--reason']],
    ['/dr failover shop --to |', ['us-west-2', 'us-east-1']],
    ['/dr failover shop --to=us-e|', ['us-east-1']],
    ['/dr failover shop --mode |', ['emergency', 'planned']],
    ['/dr failover shop --mode planned |', ['--to', '--reason']],
    ['/dr failover shop --reason "it is |', undefined],
    ['/dr failover shop --reason "it is down" --|', ['--to', '--mode']],
    ['/dr failover --to us-west-2 |', ['chatbot', 'shop']],
    ['/dr approve |', ['INC-10.p2', 'INC-1.p1']],
    ['/dr skip |', ['INC-2.r1']],
    ['/dr skip INC-2.r1 |', ['data/promote']],
    ['/dr resolve |', ['INC-10', 'INC-2', 'INC-1']],
    ['/dr help |', undefined],
    ['/dr nonsense |', undefined],
    ['ask @ap|', ['@approver']],
    ['ask @Ada|', ['@approver']],
    ['mail@ap|', undefined],
    [' /dr |', undefined],
    ['|', undefined],
  ])('%s', (text, expected) => {
    expect(offered(text)).toEqual(expected);
  });

  test('is no command in a thread, as Slack takes none there', () => {
    expect(offered('/dr |', true)).toBeUndefined();
    expect(offered('@ap|', true)).toEqual(['@approver']);
  });

  test('takes the place of the whole word that the cursor stands in', () => {
    expect(suggest('/dr fail chatbot', 6, known, false)).toMatchObject({ from: 4, to: 8 });
  });
});

describe('what a person can complete with', () => {
  test('is what they see: no whispers or direct messages of others', () => {
    expect(knownTo(BYSTANDER, told).plans).toEqual(['INC-1.p1']);
    expect(knownTo(APPROVER, told).plans).toEqual(['INC-9.p1', 'INC-1.p1']);
  });
});

test('a usage says what goes where', () => {
  const { positionals, flags } = readUsage('skip <run> [step] --reason "…" [--mode a|b]');

  expect(positionals).toEqual([
    { accepts: ['run'], isRequired: true },
    { accepts: ['step'], isRequired: false },
  ]);
  expect([...flags]).toEqual([
    ['reason', { accepts: ['"…"'], isRequired: true }],
    ['mode', { accepts: ['a', 'b'], isRequired: false }],
  ]);
});
