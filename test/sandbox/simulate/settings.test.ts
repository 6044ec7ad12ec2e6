import { expect, test } from '@jest/globals';
import { changedBySomebody } from '../../../sandbox/simulate/settings.ts';

test('a role that may not sign in any more was taken that by somebody; a server that falls silent was not', () => {
  const before = { 'sign-ins one': 'chatbot_app', 'sign-ins two': 'does not answer', 'sign-ins three': 'chatbot_app' };
  const after = { 'sign-ins one': '', 'sign-ins two': 'chatbot_app', 'sign-ins three': 'does not answer' };

  expect(changedBySomebody(before, after)).toEqual(['sign-ins one was chatbot_app and is .']);
});
