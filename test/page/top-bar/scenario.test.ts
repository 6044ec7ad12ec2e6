import { describe, expect, test } from '@jest/globals';
import { isPlayed, linkTo, questionOf, readLink, withoutScenario } from '../../../sandbox/page/src/top-bar/scenario.ts';
import type { Fault } from '../../../sandbox/world/state.ts';
import { CHANNEL, messageOf, recoveryWith, snapshotWith } from '../store/snapshot.ts';

const PAGE = 'http://127.0.0.1:4000/';
const regionDown: Fault = { name: 'region-down', target: 'us-east-1', since: 1 };
const replicaLag: Fault = { name: 'replica-lag', seconds: 600, since: 1 };

describe('a link', () => {
  test.each([
    ['', { kind: 'none' }],
    ['?utm=1', { kind: 'none' }],
    ['?system=chatbot', { kind: 'scenario', scenario: { system: 'chatbot', faults: [] } }],
    [
      '?system=chatbot&fault=region-down:us-east-1&fault=replica-lag:600s&seed=7',
      {
        kind: 'scenario',
        scenario: { system: 'chatbot', seed: 7, faults: ['region-down:us-east-1', 'replica-lag:600s'] },
      },
    ],
    ['?fault=region-down%3Aus-east-1', { kind: 'scenario', scenario: { faults: ['region-down:us-east-1'] } }],
    ['?fault=a&fault=a&fault=&seed=', { kind: 'scenario', scenario: { faults: ['a'] } }],
    ['?seed=-3', { kind: 'scenario', scenario: { seed: -3, faults: [] } }],
    [
      '?seed=seven',
      { kind: 'unreadable', sentence: 'This link asks for the seed "seven", which is not a whole number.' },
    ],
    ['?seed=1.5', { kind: 'unreadable', sentence: 'This link asks for the seed "1.5", which is not a whole number.' }],
  ])('%s', (search, read) => {
    expect(readLink(search)).toEqual(read);
  });

  test('plays what runs now, and is read back as it was', () => {
    const snapshot = snapshotWith({ seed: 7, faults: [regionDown, replicaLag] });

    const link = linkTo(`${PAGE}?fault=old#somewhere`, snapshot);

    expect(link).toBe(`${PAGE}?system=chatbot&fault=region-down:us-east-1&fault=replica-lag:600s&seed=7`);
    expect(readLink(new URL(link).search)).toEqual({
      kind: 'scenario',
      scenario: { system: 'chatbot', seed: 7, faults: ['region-down:us-east-1', 'replica-lag:600s'] },
    });
  });

  test('is taken out of the address, and nothing else is', () => {
    expect(withoutScenario(`${PAGE}?system=chatbot&x=1&fault=a&fault=b&seed=7#top`)).toBe(`${PAGE}?x=1#top`);
    expect(withoutScenario(`${PAGE}?seed=7`)).toBe(PAGE);
  });
});

describe('a scenario', () => {
  test.each([
    ['the same, freshly started', {}, { system: 'chatbot', seed: 1, faults: [] }, true],
    ['whatever is left out agrees', {}, { faults: [] }, true],
    [
      'the same faults in another order',
      { faults: [regionDown, replicaLag] },
      { faults: ['replica-lag:10m', 'region-down:us-east-1'] },
      true,
    ],
    ['another seed', {}, { seed: 2, faults: [] }, false],
    ['another system', {}, { system: 'shop', faults: [] }, false],
    ['a fault that is not on', {}, { faults: ['region-down:us-east-1'] }, false],
    ['a fault that is on besides', { faults: [regionDown] }, { faults: [] }, false],
    ['an incident', { recovery: recoveryWith() }, { faults: [] }, false],
    ['something was said', { messages: { [CHANNEL]: [messageOf('1')] } }, { faults: [] }, false],
  ])('runs already: %s', (_, change, scenario, expected) => {
    expect(isPlayed(scenario, snapshotWith(change))).toBe(expected);
  });

  test.each([
    [
      { system: 'chatbot', seed: 7, faults: ['region-down:us-east-1'] },
      'Start AI Chatbot anew with seed 7 and us-east-1 not answering?',
    ],
    [{ system: 'shop', faults: [] }, 'Start Shop anew with nothing broken?'],
    [
      { faults: ['region-refuse:us-west-2', 'route53-control-plane-down', 'replica-lag:10m'] },
      'Start AI Chatbot anew with us-west-2 refusing connections, Route 53 not to be changed and the replica 10 min behind?',
    ],
    [{ system: 'nowhere', faults: ['warp:9'] }, 'Start nowhere anew with warp:9?'],
    [{ faults: ['replica-lag:soon'] }, 'Start AI Chatbot anew with replica-lag:soon?'],
  ])('is asked about in words: %j', (scenario, question) => {
    expect(questionOf(scenario, snapshotWith())).toBe(question);
  });
});
