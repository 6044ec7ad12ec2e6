import { expect, test } from '@jest/globals';
import { SimulationReport } from '../../../sandbox/simulate/report.ts';
import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';

test('a region that hangs is left behind: users write again, within the RPO, and the exceptions are named', async () => {
  await inSandbox({ seed: 7 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });

    expect(SimulationReport.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      outcome: 'recovered with exceptions',
      reason: null,
      exceptions: ['unfenced', 'unprotected'],
      rpo: { verdict: 'COMPLIANT' },
      journal: { chain: 'valid' },
      pages: [{ tier: 1, confirmed: null }],
    });
    expect(report.calls).toMatchObject({
      'rds.PromoteReadReplica': 1,
      'elbv2.ModifyListener': 1,
      'route53.ChangeResourceRecordSets': 1,
    });
    // The client of the product says the same as the bot: it could not write, and now it can.
    expect(report.client.downtimeSeconds).toBeGreaterThan(200);
    expect(sandbox.client.writingSince()).toBeDefined();
    // Traffic moved only after a write on the new primary was proven.
    const ended = new Map(report.steps.map(({ id, state }) => [id, state]));
    expect(ended.get('write-probe')).toBe('succeeded');
    expect(ended.get('catch-up')).toBe('left out');
  });
}, 90_000);
