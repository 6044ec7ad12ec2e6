import { expect, test } from '@jest/globals';
import { SimulationReport } from '../../../sandbox/simulate/report.ts';
import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';

test('a region that hangs is left behind: users write again, within the RPO, and the exceptions are named', async () => {
  await inSandbox({ seed: 7, speed: 30 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });

    expect(SimulationReport.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      outcome: 'recovered with exceptions',
      reason: null,
      exceptions: ['unfenced', 'unprotected'],
      rpo: { verdict: 'COMPLIANT' },
      journal: { chain: 'valid' },
    });
    // Later tiers depend on the minutes, and a busy machine's seconds are minutes here.
    expect(report.pages[0]).toMatchObject({ tier: 1, confirmed: null });
    expect(report.calls).toMatchObject({
      'rds.PromoteReadReplica': 1,
      'elbv2.ModifyListener': 1,
      'route53.ChangeResourceRecordSets': 1,
    });
    // The client of the product says the same as the bot: it could not write, and now it can.
    expect(report.client.downtimeSeconds).toBeGreaterThan(200);
    expect(sandbox.client.writingSince()).toBeDefined();
    // Traffic moved only after a write on the new primary was proven.
    const run = (await sandbox.store.journal.state('INC-1'))?.run;
    const proven = run?.steps['write-probe']?.endedAt ?? Number.POSITIVE_INFINITY;
    expect(run?.steps['load-balancer']?.startedAt).toBeGreaterThan(proven);
    expect(run?.steps.dns?.startedAt).toBeGreaterThan(proven);
    expect(run?.steps['catch-up']?.status).toBe('left out');
    // Scaling did not wait for the promotion.
    expect(run?.steps.scale?.startedAt).toBeLessThan(run?.steps.promote?.endedAt ?? 0);
  });
});
