import { expect, test } from '@jest/globals';
import { settles } from '../../../sandbox/simulate/patience.ts';

const settle = { world: 120_000, machine: 20_000 };

/** How many looks it takes until it gives up, where each takes so long by either clock. */
async function looksOf(step: { world: number; machine: number }): Promise<number> {
  const now = { world: 0, machine: 0 };
  let looks = 0;
  const holds = () => {
    looks += 1;
    now.world += step.world;
    now.machine += step.machine;
    return false;
  };
  const options = { settle, machineNow: () => now.machine };
  expect(await settles({ now: () => now.world }, holds, options)).toBe(false);
  return looks;
}

test('gives up only when the world and the machine have both waited', async () => {
  expect(await looksOf({ world: 60_000, machine: 5_000 })).toBe(4);
  expect(await looksOf({ world: 60_000, machine: 30_000 })).toBe(2);
});

test('says at once that it holds', async () => {
  expect(await settles({ now: () => 0 }, () => true)).toBe(true);
});
