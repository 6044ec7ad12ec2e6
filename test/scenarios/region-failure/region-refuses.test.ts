import { expect, test } from '@jest/globals';
import { inSandbox, playRegionFailover } from '../../support/sandbox.ts';

test('a region that refuses connections is left behind as one that hangs', async () => {
  await inSandbox({ seed: 6 }, async (sandbox) => {
    const report = await playRegionFailover(sandbox, { faults: [{ name: 'region-refuse', target: 'us-east-1' }] });

    expect(report).toMatchObject({
      outcome: 'recovered with exceptions',
      exceptions: ['unfenced', 'unprotected'],
      rpo: { verdict: 'COMPLIANT' },
    });
  });
});
