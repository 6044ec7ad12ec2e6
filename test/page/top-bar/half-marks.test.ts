import { describe, expect, test } from '@jest/globals';
import type { Page } from '../../../sandbox/control/wire.ts';
import { chatMark, worldMark } from '../../../sandbox/page/src/top-bar/half-marks.ts';
import { CHANNEL, messageOf, snapshotWith } from '../store/snapshot.ts';

const page = (status: Page['status']): Page => ({
  id: 'Q00001',
  service: 'SRE rotation',
  dedupKey: 'INC-1/tier/1',
  status,
  severity: 'critical',
  summary: 'INC-1 P0 chatbot',
  source: 'chatbot',
  details: {},
  triggeredAt: 0,
  repeats: 0,
});
const failing = (successRate: number) => {
  const { picture } = snapshotWith();
  return { ...picture, client: { acknowledged: 1, failed: 9, lost: 0, successRate } };
};

describe('the mark of Slack', () => {
  const messages = {
    [CHANNEL]: [
      messageOf('1'),
      messageOf('2', { threadTs: '1' }),
      messageOf('3', { threadTs: '1', broadcast: true }),
      messageOf('4', { threadTs: '4' }),
      messageOf('5', { user: 'U0REQUESTER' }),
    ],
    C0GENERAL: [messageOf('6')],
  };

  test('counts what others said and this person has not seen, without replies in threads', () => {
    expect(chatMark({ messages }, 'U0REQUESTER', {})).toEqual({ text: '4', words: '4 unread', tone: 'calm' });
    expect(chatMark({ messages }, 'U0REQUESTER', { [`U0REQUESTER/${CHANNEL}`]: '3' })?.text).toBe('2');
    expect(chatMark({ messages }, 'U0APPROVER', { [`U0REQUESTER/${CHANNEL}`]: '9' })?.text).toBe('5');
  });

  test('is not there when everything was seen', () => {
    const read = { [`U0REQUESTER/${CHANNEL}`]: '5', 'U0REQUESTER/C0GENERAL': '6' };

    expect(chatMark({ messages }, 'U0REQUESTER', read)).toBeUndefined();
  });

  test('stays small', () => {
    const many = { [CHANNEL]: Array.from({ length: 120 }, (_, index) => messageOf(String(1000 + index))) };

    expect(chatMark({ messages: many }, 'U0REQUESTER', {})?.text).toBe('99+');
  });
});

describe('the mark of the world', () => {
  const { picture } = snapshotWith();

  test.each([
    ['a page that waits', { pages: [page('triggered'), page('acknowledged')], picture }, '1 page waits'],
    ['pages before writes', { pages: [page('triggered'), page('triggered')], picture: failing(0) }, '2 pages wait'],
    ["users' writes fail", { pages: [page('resolved')], picture: failing(0.1) }, "users' writes fail"],
    ['all is well', { pages: [], picture: failing(0.9) }, undefined],
    ['nobody has written yet', { pages: [], picture }, undefined],
  ])('%s', (_, told, words) => {
    expect(worldMark(told)?.words).toBe(words);
  });
});
