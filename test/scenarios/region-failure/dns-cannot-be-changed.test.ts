import { expect, test } from '@jest/globals';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { inSandbox, playRegionFailover, REGION_DOWN, until } from '../../support/sandbox.ts';

test('when Route 53 cannot be changed the run pauses and asks; after a retry it recovers', async () => {
  await inSandbox({ seed: 8 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const mended = until(sandbox, ({ run }) => run?.status === 'paused').then(async (state) => {
      world.switchFault({ name: 'route53-control-plane-down' }, false);
      while (!(await crew.press('commander', 'retry', `${state.run?.id} dns`))) await world.clock.sleep(5000);
      return state;
    });

    const report = await playRegionFailover(sandbox, {
      faults: [REGION_DOWN, { name: 'route53-control-plane-down' }],
    });
    const paused = await mended;

    expect(paused.run?.steps.dns?.status).toBe('failed');
    expect(report.outcome).toBe('recovered with exceptions');
    expect(report.steps.find(({ id }) => id === 'dns')).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(report.calls['route53.ChangeResourceRecordSets']).toBe(1);
  });
}, 120_000);
