import { describe, expect, test } from '@jest/globals';
import {
  countByService,
  FIRST_FILTER,
  filterCalls,
  formatLatency,
  shortResource,
} from '../../../sandbox/page/src/calls/call-filter.ts';
import type { Call } from '../../../sandbox/world/state.ts';

const call = (operation: string, change: Partial<Call> = {}): Call => ({
  at: 0,
  latency: 20,
  service: 'rds',
  region: 'us-west-2',
  operation,
  resource: 'chatbot-prod-replica-west',
  mutating: false,
  status: 200,
  ...change,
});

const CALLS = [
  call('DescribeDBInstances'),
  call('PromoteReadReplica', { mutating: true }),
  call('PromoteReadReplica', { mutating: true, status: 400, error: 'InvalidDBInstanceState: not available' }),
  call('chat.update', { service: 'slack', resource: 'C0INCIDENTRESPONSE', mutating: true }),
  call('chat.postMessage', { service: 'slack', resource: 'C0GENERAL', mutating: true, error: 'invalid_blocks' }),
  call('trigger', { service: 'pagerduty', resource: 'tier/1', mutating: true, status: 202 }),
];
const all = { ...FIRST_FILTER, hidden: new Set<string>() };
const indexes = (filter: Parameters<typeof filterCalls>[1]) =>
  filterCalls(CALLS, filter).map((found) => CALLS.indexOf(found));

describe('the filter of the call log', () => {
  test.each([
    ['at first everything but what speaks with Slack', FIRST_FILTER, [0, 1, 2, 5]],
    ['everything', all, [0, 1, 2, 3, 4, 5]],
    ['changes only', { ...FIRST_FILTER, changesOnly: true }, [1, 2, 5]],
    ['refused only, also by an error in a good answer', { ...all, refusedOnly: true }, [2, 4]],
    ['a word in any case', { ...all, text: 'promote' }, [1, 2]],
    ['all of several words, wherever they stand', { ...all, text: ' us-west-2  400 ' }, [2]],
    ['a word of the error', { ...all, text: 'invalid_blocks' }, [4]],
    ['words are words, not patterns', { ...all, text: '.*' }, []],
    ['hidden services', { ...all, hidden: new Set(['rds', 'slack']) }, [5]],
  ])('%s', (_, filter, expected) => {
    expect(indexes(filter)).toEqual(expected);
  });

  test('counts each service', () => {
    expect(countByService(CALLS)).toEqual([
      ['pagerduty', 1],
      ['rds', 3],
      ['slack', 2],
    ]);
  });
});

test.each([
  ['chatbot-prod', 'chatbot-prod'],
  [
    'arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/chatbot-west/60dc6c495c0c9199/a2f7dc8efc522cd3',
    'listener/chatbot-west',
  ],
  [
    'arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/chatbot-api-west/83e2d6bc24d8a178',
    'targetgroup/chatbot-api-west',
  ],
  ['arn:aws:rds:us-east-1:123456789012:db:chatbot-prod', 'db:chatbot-prod'],
  ['', ''],
])('%s is shown as %s', (resource, shown) => {
  expect(shortResource(resource)).toBe(shown);
});

test.each([
  [0, '0 ms'],
  [339.6, '340 ms'],
  [2400, '2.4 s'],
  [12_600, '13 s'],
])('%d milliseconds are %s', (latency, text) => {
  expect(formatLatency(latency)).toBe(text);
});
