import { describe, expect, it } from '@jest/globals';
import { conditionOf, linkCondition, type Part } from '../../../sandbox/world/condition.ts';
import type { Fault, FaultName } from '../../../sandbox/world/state.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const faults = (...names: FaultName[]): { faults: Fault[] } => ({
  faults: names.map((name) => ({ name, target: EAST, since: 0 })),
});
const PARTS: Part[] = ['api', 'cluster', 'database', 'service'];
const seen = (on: { faults: Fault[] }, from: string, region = EAST) =>
  Object.fromEntries(PARTS.map((part) => [part, conditionOf(on, { region, part, from })]));
const all = (condition: string) => Object.fromEntries(PARTS.map((part) => [part, condition]));

describe('an address in a region', () => {
  it.each([
    ['region-down', 'hang'],
    ['region-refuse', 'refuse'],
  ] as const)('behaves to everybody as %s says', (name, condition) => {
    for (const from of ['users', 'lifeboat', WEST, EAST]) expect(seen(faults(name), from)).toEqual(all(condition));
    expect(seen(faults(name), 'lifeboat', WEST)).toEqual(all('up'));
  });

  it('is cut from Lifeboat and other regions by a partition, while users and its own services reach it', () => {
    const on = faults('network-partition');

    expect(seen(on, 'users')).toEqual(all('up'));
    expect(seen(on, EAST)).toEqual(all('up'));
    expect(seen(on, 'lifeboat')).toEqual({ ...all('hang'), service: 'up' });
    expect(seen(on, WEST)).toEqual(all('hang'));
    expect(conditionOf(on, { region: WEST, part: 'database', from: EAST })).toBe('hang');
    expect(seen(on, 'lifeboat', WEST)).toEqual(all('up'));
  });

  it('works again where the old primary has returned: databases and service, and no API', () => {
    const on = faults('region-down', 'old-primary-returns');

    expect(seen(on, 'lifeboat')).toEqual({ api: 'hang', cluster: 'hang', database: 'up', service: 'up' });
  });
});

it.each([
  [[], 'up'],
  [['region-down'], 'hang'],
  [['region-refuse'], 'refuse'],
  [['network-partition'], 'hang'],
  [['region-down', 'old-primary-returns'], 'up'],
] as const)('with %j the link between databases is %s, from both ends', (names, condition) => {
  expect(linkCondition(faults(...names), EAST, WEST)).toBe(condition);
  expect(linkCondition(faults(...names), WEST, EAST)).toBe(condition);
});
