import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover, REGION_DOWN, until } from '../../support/sandbox.ts';

test('twenty minutes of indecision page the next tier, and the predicted loss does not grow with them', async () => {
  await inSandbox({ seed: 4, speed: 30 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN], approveAfter: 20 * 60 });

    expect(report).toMatchObject({ outcome: 'recovered with exceptions', reason: null });
    expect(report.clock.approved).toBeGreaterThan(19 * 60);
    expect(report.pages.map(({ tier }) => tier).slice(0, 2)).toEqual([1, 2]);
    // When it is due is exact; it is reached as soon after it as the machine lets it be.
    const { tiers } = await until(sandbox, () => true);
    expect((tiers[1]?.dueAt ?? 0) - (tiers[0]?.dueAt ?? 0)).toBe(15 * 60_000);
    expect(report.pages[1]?.at).toBeGreaterThan(14 * 60);
    expect(report.pages[1]?.at).toBeLessThan(report.clock.approved ?? 0);
    expect(report.rpo.verdict).toBe('COMPLIANT');
    // Recovered too late, and the report says so.
    expect(report.rto.verdict).toBe('FAILED');
  });
}, 180_000);
