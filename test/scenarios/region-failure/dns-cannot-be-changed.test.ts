import { expect, test } from '@jest/globals';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { inSandbox, playRegionFailover, REGION_DOWN, until } from '../../support/sandbox.ts';

const CONTROL_PLANE = { name: 'route53-control-plane-down' } as const;

test('where only records may be used and they cannot be changed the run pauses and asks; after a retry it recovers', async () => {
  await inSandbox({ seed: 8 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const gone = until(sandbox, ({ run }) => run?.steps.way?.status === 'succeeded').then(() =>
      world.switchFault(CONTROL_PLANE, true),
    );
    const mended = until(sandbox, ({ run }) => run?.status === 'paused').then(async (state) => {
      world.switchFault(CONTROL_PLANE, false);
      while (!(await crew.press('commander', 'retry', `${state.run?.id} dns`))) await world.clock.sleep(5000);
      return state;
    });

    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    await gone;
    const paused = await mended;

    expect(paused.run?.steps.dns?.status).toBe('failed');
    expect(report.outcome).toBe('recovered with exceptions');
    expect(report.steps.find(({ id }) => id === 'dns')).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(report.steps.find(({ id }) => id === 'controls')).toMatchObject({ state: 'left out' });
    expect(report.calls['route53.ChangeResourceRecordSets']).toBe(1);
  });
});
