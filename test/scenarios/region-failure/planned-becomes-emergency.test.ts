import { expect, test } from '@jest/globals';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { inSandbox, playRegionFailover, REGION_DOWN, until } from '../../support/sandbox.ts';

test('a planned move whose region dies under way pauses, becomes an emergency by a commander, and recovers', async () => {
  await inSandbox({ seed: 11, speed: 30 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const hastened = until(sandbox, ({ run }) => run !== undefined).then(async () => {
      world.switchFault(REGION_DOWN, true);
      const { run } = await until(sandbox, (state) => state.run?.status === 'paused');
      await crew.command('commander', `/dr emergency ${run?.id} --reason "us-east-1 is gone" --yes`);
      return run;
    });

    const report = await playRegionFailover(sandbox, { mode: 'planned' });
    const paused = await hastened;

    expect(paused?.steps.fence).toMatchObject({ status: 'failed', errors: [{ code: 'fence.unreachable' }] });
    const run = (await sandbox.store.journal.state('INC-1'))?.run;
    expect(run?.modeChange).toMatchObject({ to: 'emergency', by: cast.commander.id, reason: 'us-east-1 is gone' });
    expect(run?.steps.fence).toMatchObject({ status: 'succeeded', outputs: { fenced: false } });
    expect(run?.steps['catch-up']?.status).toBe('left out');
    expect(report).toMatchObject({ outcome: 'recovered with exceptions', journal: { chain: 'valid' } });
    expect(report.exceptions).toEqual(expect.arrayContaining(['unfenced', 'unprotected']));
    expect(sandbox.client.writingSince()).toBeDefined();
  });
});
