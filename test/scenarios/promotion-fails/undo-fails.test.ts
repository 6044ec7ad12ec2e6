import { expect, test } from '@jest/globals';
import { untilHealthy } from '../../../sandbox/healthy.ts';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { inSandbox, REGION_DOWN, until } from '../../support/sandbox.ts';

test('an undo that fails pauses and says so; nothing else is undone before it, and after a retry all is', async () => {
  await inSandbox({ seed: 7 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    await untilHealthy(sandbox);
    world.switchFault({ name: 'promotion-refused' }, true);
    await crew.command('requester', '/dr failover chatbot --mode planned --reason "rehearsal"');
    await until(sandbox, ({ plans }) => plans[0]?.status === 'awaiting approval');
    await crew.command('approver', '/dr approve INC-1.p1');
    await until(sandbox, ({ run }) => run?.status === 'paused' && run.steps.scale?.status === 'succeeded');
    await crew.command('requester', '/dr undo INC-1');
    await until(sandbox, ({ plans }) => plans[1]?.status === 'awaiting approval');

    world.switchFault(REGION_DOWN, true);
    await crew.command('commander', '/dr approve INC-1.p2');
    const failed = await until(sandbox, ({ run }) => run?.id === 'INC-1.r2' && run.status === 'paused');
    world.switchFault(REGION_DOWN, false);
    await crew.command('commander', '/dr retry INC-1.r2 undo-fence');
    const ended = await until(sandbox, ({ run }) => run?.id === 'INC-1.r2' && run.status === 'finished');

    expect(failed.run?.steps).toMatchObject({
      'undo-fence': { status: 'failed', errors: [{ code: 'step.timeout' }] },
      'undo-scale': { status: 'waiting', attempts: 0 },
    });
    expect(ended.run?.steps).toMatchObject({
      'undo-fence': { status: 'succeeded', attempts: 2 },
      'undo-scale': { status: 'succeeded' },
    });
    expect(await sandbox.store.journal.verify('INC-1')).toMatchObject({ chain: 'valid' });
  });
});
