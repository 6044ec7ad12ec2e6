import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';

test('a replica that is ten minutes behind is not promoted: refused before anything is changed, with the reason', async () => {
  await inSandbox({ seed: 2 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, {
      faults: [REGION_DOWN, { name: 'replica-lag', seconds: 600 }],
    });

    expect(report.outcome).toBe('refused');
    expect(report.reason).toMatch(/Predicted data loss is within the RPO: no \(lossSeconds \d+/);
    expect(report.calls).toEqual({});
    expect(report.steps.every(({ state }) => state === 'not started')).toBe(true);
  });
});
