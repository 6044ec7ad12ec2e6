import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover, REGION_DOWN, until, untilTrue } from '../../support/sandbox.ts';
import { returnOf, watchIn, watchPages } from './returning.ts';

test('an old primary that comes back while the bot is dead is fenced by the bot that follows, and told once', async () => {
  await inSandbox({ seed: 6 }, async (sandbox) => {
    await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    sandbox.setSpeed(10);
    const { exited } = sandbox.bot();

    const restarted = sandbox.restartBot('SIGKILL');
    await exited;
    const { fencedAt, returnedAt } = await returnOf(sandbox);
    await restarted;
    const state = await until(sandbox, (now) => watchIn(now, 'unfenced')?.pagedAt !== undefined);
    await untilTrue(sandbox, 'tier 1 is paged', () => watchPages(sandbox).length > 0);

    expect(fencedAt).toBeGreaterThan(returnedAt);
    expect(watchIn(state, 'unfenced')?.status).toBe('acted');
    const journal = await sandbox.store.journal.read('INC-1');
    expect(journal.filter(({ event }) => event.type === 'watch.acted')).toHaveLength(1);
    expect(watchPages(sandbox)).toHaveLength(1);
    expect(await sandbox.store.journal.verify('INC-1')).toMatchObject({ chain: 'valid' });
  });
}, 180_000);

test('a bot that is killed just after it fenced tells so once', async () => {
  await inSandbox({ seed: 7 }, async (sandbox) => {
    await playRegionFailover(sandbox, { faults: [REGION_DOWN] });

    // Slowly, so that the application signs in before it is fenced.
    sandbox.setSpeed(1);
    await returnOf(sandbox);
    sandbox.setSpeed(10);
    await sandbox.restartBot('SIGKILL');
    await until(sandbox, (now) => watchIn(now, 'unfenced')?.pagedAt !== undefined);
    await untilTrue(sandbox, 'tier 1 is paged', () => watchPages(sandbox).length > 0);

    const journal = await sandbox.store.journal.read('INC-1');
    expect(journal.filter(({ event }) => event.type === 'watch.acted')).toHaveLength(1);
    expect(watchPages(sandbox)).toHaveLength(1);
  });
}, 180_000);
