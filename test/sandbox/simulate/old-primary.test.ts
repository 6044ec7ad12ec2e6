import { describe, expect, test } from '@jest/globals';
import { openingOf, returnedInstances } from '../../../sandbox/simulate/old-primary.ts';
import type { WorldState } from '../../../sandbox/world/state.ts';
import { chatbot } from '../aws/sandbox.ts';

const asked = (row: object | undefined) => ({
  query: async <Row>() => (row ? [row as Row] : Promise.reject(new Error('it does not answer'))),
});
const opening = (row: object | undefined) => openingOf(asked(row), chatbot, 'chatbot-prod');

describe('an old primary that has returned', () => {
  test.each([
    [{ in_recovery: false, signs_in: true, sessions: 0 }, 'lets the product sign in: there are two primaries.'],
    [{ in_recovery: false, signs_in: false, sessions: 2 }, 'has 2 sessions of the product: there are two primaries.'],
    [undefined, 'does not say whether it takes writes.'],
  ])('%j', async (row, sentence) => {
    expect(await opening(row)).toBe(`chatbot-prod, the old primary that has returned, ${sentence}`);
  });

  test('harms nobody once it is fenced, or follows another', async () => {
    expect(await opening({ in_recovery: false, signs_in: false, sessions: 0 })).toBeUndefined();
    expect(await opening({ in_recovery: true, signs_in: true, sessions: 3 })).toBeUndefined();
  });

  test('is looked for in the region that has returned, beside the one that users have', () => {
    const rds = {
      'us-east-1': { 'chatbot-prod': { region: 'us-east-1', identifier: 'chatbot-prod' } },
      'us-west-2': { west: { region: 'us-west-2', identifier: 'west' } },
    } as unknown as WorldState['rds'];
    const faults = [{ name: 'old-primary-returns', target: 'us-east-1', since: 0 }] as const;

    expect(returnedInstances({ faults: [...faults], rds }, 'west')).toEqual(['chatbot-prod']);
    expect(returnedInstances({ faults: [...faults], rds }, 'chatbot-prod')).toEqual([]);
    expect(returnedInstances({ faults: [], rds }, 'west')).toEqual([]);
  });
});
