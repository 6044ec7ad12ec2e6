import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { inSandbox, playRegionFailover, REGION_DOWN, until, untilTrue } from '../../support/sandbox.ts';

const HELD = "SELECT pid FROM pg_locks WHERE relation = 'pg_authid'::regclass AND mode = 'ExclusiveLock'";
const WAITING = "SELECT pid FROM pg_locks WHERE relation = 'pg_authid'::regclass AND NOT granted";

/**
 * From now on whoever changes a role of the primary waits, as behind another session: a fence begins and does not get
 * through. `waitedFor` resolves when somebody waits, or has given up; `letGo` ends it.
 */
function holdRoles(sandbox: Sandbox) {
  const { databases, system } = sandbox;
  const { instance } = system.database.primary;
  const lock = 'LOCK TABLE pg_authid IN EXCLUSIVE MODE; PERFORM pg_sleep(3600);';
  const held = databases.query(instance, `DO $$ BEGIN ${lock} END $$`).catch(() => undefined);
  const waiting = () => databases.query(instance, WAITING);
  return {
    async waitedFor(): Promise<void> {
      const gaveUp = until(sandbox, ({ run }) => run?.status === 'paused');
      await Promise.race([gaveUp, untilTrue(sandbox, 'the fence waits', async () => (await waiting()).length > 0)]);
    },
    async letGo(): Promise<void> {
      await databases.query(instance, `SELECT pg_terminate_backend(pid) FROM (${HELD}) AS holder`);
      await held;
    },
  };
}

test('a planned move whose region dies under way pauses, becomes an emergency by a commander, and recovers', async () => {
  await inSandbox({ seed: 11, speed: 15 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const roles = holdRoles(sandbox);
    const hastened = roles.waitedFor().then(async () => {
      world.switchFault(REGION_DOWN, true);
      const { run } = await until(sandbox, (state) => state.run?.status === 'paused');
      await crew.command('commander', `/dr emergency ${run?.id} --reason "us-east-1 is gone" --yes`);
      return run;
    });

    const report = await playRegionFailover(sandbox, { mode: 'planned' }).finally(roles.letGo);
    const paused = await hastened;

    expect(paused?.steps.fence).toMatchObject({
      status: 'failed',
      errors: [{ code: 'fence.unreachable' }],
      // It had begun to take the sign-in away.
      changes: [{ before: 'allowed', after: 'taken away, sessions ended' }],
    });
    const run = (await sandbox.store.journal.state('INC-1'))?.run;
    expect(run?.modeChange).toMatchObject({ to: 'emergency', by: cast.commander.id, reason: 'us-east-1 is gone' });
    expect(run?.steps.fence).toMatchObject({ status: 'succeeded', outputs: { fenced: false } });
    expect(run?.steps['catch-up']?.status).toBe('left out');
    expect(report).toMatchObject({ outcome: 'recovered with exceptions', journal: { chain: 'valid' } });
    expect(report.exceptions).toEqual(expect.arrayContaining(['unfenced', 'unprotected']));
    expect(sandbox.client.writingSince()).toBeDefined();
  });
}, 180_000);
