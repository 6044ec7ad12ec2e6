import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover } from '../../support/sandbox.ts';

test('a planned move loses no row, fences the old primary and proves it', async () => {
  await inSandbox({ seed: 3 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, { mode: 'planned' });

    const { primary } = sandbox.system.database;
    const roles = await sandbox.databases.query<{ rolcanlogin: boolean }>(
      primary.instance,
      'SELECT rolcanlogin FROM pg_roles WHERE rolname = ANY($1)',
      [sandbox.system.database.applicationUsers],
    );
    expect(report).toMatchObject({
      outcome: 'recovered with exceptions',
      exceptions: ['unprotected'],
      client: { rowsLost: 0 },
      rpo: { measuredSeconds: 0, verdict: 'COMPLIANT' },
    });
    expect(report.client.rowsAcknowledged).toBeGreaterThan(10);
    expect(roles).toEqual([{ rolcanlogin: false }]);
  });
});
