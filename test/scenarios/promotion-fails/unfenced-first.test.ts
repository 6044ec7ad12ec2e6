import { expect, test } from '@jest/globals';
import { STABLE } from '../../../sandbox/client/client.ts';
import { untilHealthy } from '../../../sandbox/healthy.ts';
import { missingFrom } from '../../../sandbox/measurements/lost-rows.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { undoable } from '../../../src/domain/undo.ts';
import { inSandbox, until, untilTrue } from '../../support/sandbox.ts';

/** World milliseconds in which the product's client writes before the move. */
const WARM_UP = 20_000;

test('when RDS refuses the promotion, the fence is the first thing undone: users write again, and no row is lost', async () => {
  await inSandbox({ seed: 6 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel, databases, client, system } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const { primary, replica } = system.database;
    await untilHealthy(sandbox);
    await world.clock.sleep(WARM_UP);
    world.switchFault({ name: 'promotion-refused' }, true);

    await crew.command('requester', '/dr failover chatbot --mode planned --reason "rehearsal"');
    await until(sandbox, ({ plans }) => plans[0]?.status === 'awaiting approval');
    await crew.command('approver', '/dr approve INC-1.p1');
    const paused = await until(sandbox, ({ run }) => run?.steps.promote?.status === 'failed');
    const couldWrite = await maySignIn(sandbox);
    await crew.command('requester', '/dr undo INC-1');
    const planned = await until(sandbox, ({ plans }) => plans[1]?.status === 'awaiting approval');
    await crew.command('commander', '/dr approve INC-1.p2');
    const ended = await until(sandbox, ({ run }) => run?.id === 'INC-1.r2' && run.status !== 'running');
    const unfencedAt = ended.run?.steps['undo-fence']?.endedAt ?? Number.NaN;
    await untilTrue(sandbox, 'users write', () => client.writingSince(STABLE) !== undefined);

    expect(paused.run?.steps.fence?.outputs).toMatchObject({ fenced: true });
    expect(couldWrite).toBe(false);
    expect(undoable(paused).undo[0]?.id).toBe('fence');
    expect(planned.plans[1]?.plan).toMatchObject({ undoOf: 'INC-1.r1', verdict: 'ready', abortWindowSeconds: 0 });
    expect(planned.plans[1]?.plan.steps[0]).toMatchObject({
      id: 'undo-fence',
      title: 'Let the application sign in on chatbot-prod in us-east-1 again',
      changes: [{ what: 'Sign-in of chatbot_app on chatbot-prod in us-east-1', after: 'allowed' }],
    });
    const log = await sandbox.store.journal.read('INC-1');
    expect(log.find(({ event }) => event.type === 'plan.approved' && event.planId === 'INC-1.p2')?.event).toMatchObject(
      {
        replaces: 'INC-1.r1',
      },
    );
    const steps = Object.values(ended.run?.steps ?? {});
    expect(ended.run?.status).toBe('finished');
    expect(steps.map(({ status }) => status)).toEqual(steps.map(() => 'succeeded'));
    // What was scaled for the move is back as well, after the users.
    expect(Math.min(...steps.map(({ endedAt = 0 }) => endedAt))).toBe(unfencedAt);
    expect(await maySignIn(sandbox)).toBe(true);
    const acknowledged = client
      .outcomes()
      .flatMap(({ acknowledged: isIn, number, at }) => (isIn ? [{ number, at }] : []));
    expect(acknowledged.some(({ at }) => at > unfencedAt)).toBe(true);
    expect(await missingFrom(databases, primary.instance, acknowledged)).toEqual([]);
    const { replicaSource } = world.state.rds[replica.region]?.[replica.instance] ?? {};
    expect(replicaSource).toBeDefined();
    expect(await sandbox.store.journal.verify('INC-1')).toMatchObject({ chain: 'valid' });
  });
});

/** Whether the application may sign in to the old primary, as the world itself sees it. */
async function maySignIn({ databases, system }: Sandbox): Promise<boolean> {
  const { applicationUsers, primary } = system.database;
  const [row] = await databases.query<{ may: boolean }>(
    primary.instance,
    'SELECT bool_and(rolcanlogin) AS may FROM pg_roles WHERE rolname = ANY($1)',
    [applicationUsers],
  );
  return row?.may === true;
}
