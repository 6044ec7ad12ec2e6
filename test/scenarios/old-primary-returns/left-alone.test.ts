import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { inSandbox, playRegionFailover, REGION_DOWN, until, untilTrue } from '../../support/sandbox.ts';
import { crewOf, isFenced, watchIn, watchPages } from './returning.ts';

/** World milliseconds in which a watch would have fenced several times over. */
const LONG_ENOUGH = 40_000;

test('an old primary whose watch was released is left alone', async () => {
  await inSandbox({ seed: 4 }, async (sandbox) => {
    await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    sandbox.setSpeed(10);
    const before = await until(sandbox, (state) => watchIn(state, 'unfenced')?.status === 'watching');
    const { id } = watchIn(before, 'unfenced') ?? {};

    await crewOf(sandbox).command('commander', `/dr release ${id} --reason "It is deleted before it comes back"`);
    await until(sandbox, (state) => watchIn(state, 'unfenced')?.status === 'released');
    await untilTrue(sandbox, 'nobody looks any more', () => isFree(sandbox, `watch/${id}`));
    await sandbox.world.clock.sleep(LONG_ENOUGH / 2);
    sandbox.world.switchFault(REGION_DOWN, false);
    await sandbox.world.clock.sleep(LONG_ENOUGH);

    expect(await isFenced(sandbox)).toBe(false);
    expect(await sandbox.store.journal.watches()).toEqual([{ watch: 'INC-1.r1/unprotected', incident: 'INC-1' }]);
    expect(watchPages(sandbox)).toEqual([]);
  });
}, 180_000);

test('the only primary is fenced by no watch: the run was aborted before the promotion began', async () => {
  await inSandbox({ seed: 5, speed: 30 }, async (sandbox) => {
    const aborted = abortAfterFence(sandbox);

    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    await aborted;
    sandbox.setSpeed(10);
    sandbox.world.switchFault(REGION_DOWN, false);
    await sandbox.world.clock.sleep(LONG_ENOUGH);
    const state = await until(sandbox, () => true);

    expect(report.outcome).toBe('aborted');
    expect(report.calls['rds.PromoteReadReplica']).toBeUndefined();
    expect(watchIn(state, 'unfenced')).toMatchObject({ status: 'cleared' });
    expect(await isFenced(sandbox)).toBe(false);
    expect(watchPages(sandbox)).toEqual([]);
  });
}, 180_000);

async function isFree({ store }: Sandbox, lease: string): Promise<boolean> {
  const token = await store.leases.acquire(lease, 'a test', 1000);
  if (token) await store.leases.release(token);
  return token !== undefined;
}

/** Aborts while the abort window before the promotion is open; world time goes slowly there, so that a click has time. */
async function abortAfterFence(sandbox: Sandbox): Promise<void> {
  const speed = sandbox.world.clock.speed();
  await until(sandbox, ({ run }) => run !== undefined);
  sandbox.setSpeed(1);
  await until(sandbox, ({ run }) => run?.steps.fence?.status === 'succeeded');
  await crewOf(sandbox).command('commander', '/dr abort INC-1 --yes the region is coming back');
  await until(sandbox, ({ run }) => run?.status === 'finished');
  sandbox.setSpeed(speed);
}
