import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover, REGION_DOWN, until, untilTrue } from '../../support/sandbox.ts';
import { boardOf, crewOf, returnOf, watchIn, watchPages } from './returning.ts';

test('an old primary that comes back after all is over is fenced within ten seconds, and tier 1 is paged once', async () => {
  await inSandbox({ seed: 3 }, async (sandbox) => {
    await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    // Figures are quoted at this speed or below.
    sandbox.setSpeed(10);
    await crewOf(sandbox).command('commander', '/dr resolve');
    await until(sandbox, ({ status }) => status === 'resolved');

    // Seconds of the world are told apart here, whatever the machine does in one.
    sandbox.setSpeed(1);
    const { returnedAt, connectedAt, fencedAt } = await returnOf(sandbox);
    sandbox.setSpeed(10);
    const state = await until(sandbox, (now) => watchIn(now, 'unfenced')?.pagedAt !== undefined);
    await untilTrue(sandbox, 'tier 1 is paged', () => watchPages(sandbox).length > 0);
    await untilTrue(sandbox, 'the board says so', () => boardOf(sandbox).includes('answers again and is fenced'));

    expect(connectedAt).toBeGreaterThanOrEqual(returnedAt);
    expect((fencedAt - returnedAt) / 1000).toBeLessThan(10);
    expect(watchIn(state, 'unfenced')).toMatchObject({
      status: 'acted',
      subject: 'chatbot-prod in us-east-1',
      changes: [{ after: 'taken away, sessions ended' }],
    });
    expect(watchIn(state, 'unprotected')).toMatchObject({ status: 'watching' });
    expect(watchPages(sandbox)).toEqual([
      {
        status: 'triggered',
        summary: expect.stringContaining('chatbot-prod in us-east-1 answers again and is fenced'),
      },
    ]);
    const journal = await sandbox.store.journal.read('INC-1');
    expect(journal.filter(({ event }) => event.type === 'watch.acted')).toHaveLength(1);
    expect(await sandbox.store.journal.verify('INC-1')).toMatchObject({ chain: 'valid' });
    // Users are on the new primary, whatever became of the old one.
    expect(state.run?.outcome).toBe('recovered with exceptions');
    await untilTrue(sandbox, 'users write', () => sandbox.client.writingSince() !== undefined);
  });
}, 180_000);
