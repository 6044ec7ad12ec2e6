import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';

test('a guard that refuses the plan is passed by two names, and the run recovers with that on the record', async () => {
  await inSandbox({ seed: 2, speed: 30 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, {
      faults: [REGION_DOWN, { name: 'replica-lag', seconds: 600 }],
      override: { reason: 'the ledger is rebuilt from the events' },
    });

    const { cast, store } = sandbox;
    const state = await store.journal.state('INC-1');
    expect(report.outcome).toBe('recovered with exceptions');
    expect(report.exceptions).toContain('overridden loss');
    expect(state?.plans[0]?.overrides).toMatchObject([
      { step: 'loss', by: cast.commander.id, measured: expect.stringMatching(/^lossSeconds \d+/) },
    ]);
    expect(state?.run?.steps.loss?.overrides).toMatchObject([{ by: cast.commander.id, second: cast.approver.id }]);
    expect(report.rpo.verdict).toBe('FAILED');
  });
});
