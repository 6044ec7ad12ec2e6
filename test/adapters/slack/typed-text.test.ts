import { expect, test } from '@jest/globals';
import { typedText as asSlackStores } from '../../../sandbox/slack/typed-text.ts';
import { typedText } from '../../../src/adapters/slack/typed-text.ts';

const PEOPLE = [{ id: 'U012AB3CD', name: 'ada' }];
const CHANNELS = [{ id: 'C0GENERAL', name: 'general' }];

test.each([
  ['commander=@ada', 'commander=<@U012AB3CD|ada>'],
  ['--reason "see #general, @here & https://example.com/a?b=1&c=<2>"', undefined],
  ['a < b && c > d', undefined],
])('%s arrives as it was typed, and a person as an id', (typed, expected = typed) => {
  expect(typedText(asSlackStores(typed, PEOPLE, CHANNELS, { named: true }))).toBe(expected);
});

test.each([
  ['<https://example.com|example.com> <mailto:a@b.c|a@b.c>', 'https://example.com mailto:a@b.c'],
  ['<#C1|a> <#C2|>', '#a #'],
  ['<@U012AB3CD>', '<@U012AB3CD>'],
])('%s', (text, expected) => {
  expect(typedText(text)).toBe(expected);
});
