import { expect, test } from '@jest/globals';
import { ago } from '../../../sandbox/page/src/phone/ago.ts';

test.each([
  [0, 'just now'],
  [4.9, 'just now'],
  [40, '40 s ago'],
  [60, '1 min ago'],
  [199, '3 min ago'],
  [3600, '1 h ago'],
  [7500, '2 h 5 min ago'],
  [-2, 'just now'],
])('%d seconds back is %s', (seconds, words) => {
  expect(ago(1_000_000, 1_000_000 + seconds * 1000)).toBe(words);
});
