import { describe, expect, test } from '@jest/globals';
import { FAULTS, parseFault } from '../../../sandbox/control/faults.ts';
import { capitalize, faultTitle, faultWords } from '../../../sandbox/page/src/faults/fault-words.ts';
import type { Fault } from '../../../sandbox/world/state.ts';

describe('the words of faults', () => {
  test.each([
    ['region-down:us-east-1', 'us-east-1 does not answer'],
    ['region-refuse:us-west-2', 'us-west-2 refuses connections'],
    ['route53-control-plane-down', 'Route 53 cannot be changed'],
    ['replica-lag:600s', 'the replica is 10 min behind'],
    ['replica-lag:45s', 'the replica is 45 s behind'],
  ])('%s: %s', (fault, words) => {
    expect(faultWords(parseFault(fault))).toBe(words);
  });

  test('every kind that the sandbox has is called something that its name is not', () => {
    for (const { name } of FAULTS) expect(faultTitle(name)).not.toContain('-down');
    expect(new Set(FAULTS.map(({ name }) => faultTitle(name))).size).toBe(FAULTS.length);
  });

  test('a kind that is new is named as it is written', () => {
    const fault = { name: 'clock-skew', target: 'us-east-1', seconds: 90 } as unknown as Fault;

    expect(faultTitle('clock-skew')).toBe('Clock skew');
    expect(faultWords(fault)).toBe('clock skew, us-east-1, 1 min 30 s');
  });

  test('names of regions keep their small letters at the beginning of a sentence', () => {
    expect(capitalize('us-east-1 does not answer')).toBe('us-east-1 does not answer');
    expect(capitalize('the replica is late')).toBe('The replica is late');
  });
});
