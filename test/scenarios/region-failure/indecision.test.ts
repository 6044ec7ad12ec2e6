import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';

test('twenty minutes of indecision page the next tier, and the predicted loss does not grow with them', async () => {
  await inSandbox({ seed: 4 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN], approveAfter: 20 * 60 });

    expect(report.outcome).toBe('recovered with exceptions');
    expect(report.clock.approved).toBeGreaterThan(19 * 60);
    expect(report.pages.map(({ tier }) => tier).slice(0, 2)).toEqual([1, 2]);
    expect(Math.abs((report.pages[1]?.at ?? 0) - 15 * 60)).toBeLessThan(60);
    expect(report.rpo.verdict).toBe('COMPLIANT');
    // Recovered too late, and the report says so.
    expect(report.rto.verdict).toBe('FAILED');
  });
});
