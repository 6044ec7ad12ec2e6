import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { inSandbox, playRegionFailover, REGION_DOWN, until } from '../../support/sandbox.ts';

/** The region dies with the first call to AWS after the fence has begun, which is one of its own: before it stops a write. */
function diesUnderTheFence({ world, store, systemName }: Sandbox): Promise<void> {
  const takeTime = world.takeTime.bind(world);
  return new Promise((resolve) => {
    world.takeTime = async (milliseconds, signal) => {
      const incident = await store.journal.newestIncident(systemName);
      const run = incident ? (await store.journal.state(incident))?.run : undefined;
      if (run?.steps.fence?.status === 'running') {
        world.takeTime = takeTime;
        world.switchFault(REGION_DOWN, true);
        resolve();
      }
      return takeTime(milliseconds, signal);
    };
  });
}

test('a planned move whose region dies under way pauses, becomes an emergency by a commander, and recovers', async () => {
  await inSandbox({ seed: 11, speed: 30 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const hastened = diesUnderTheFence(sandbox).then(async () => {
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
}, 180_000);
