import { describe, expect, test } from '@jest/globals';
import { FAULTS } from '../../../sandbox/control/faults.ts';
import { mistakeIn } from '../../../sandbox/page/src/top-bar/link-mistakes.ts';
import { snapshotWith } from '../store/snapshot.ts';

const KNOWN = FAULTS.map(({ name }) => name).join(', ');

describe('what is wrong with a link', () => {
  test.each([
    [
      { system: 'chatbt' },
      'This link asks for the system "chatbt", which this sandbox does not have; it has chatbot, shop.',
    ],
    [
      { faults: ['warp:9'] },
      `This link asks for the fault "warp:9", which this sandbox does not know; it knows ${KNOWN}.`,
    ],
    [
      { faults: ['region-down'] },
      'This link asks for the fault "region-down", which names no region, as region-down:us-east-1 does.',
    ],
    [
      { system: 'chatbot', faults: ['replica-lag:10m', 'region-down:eu-west-1'] },
      'This link asks for the fault "region-down:eu-west-1", but the system is not in eu-west-1; it is in us-east-1 and us-west-2.',
    ],
    [
      { faults: ['replica-lag:soon'] },
      'This link asks for the fault "replica-lag:soon", which names no duration, as replica-lag:600s does.',
    ],
    [
      { faults: ['replica-lag:0s'] },
      'This link asks for the fault "replica-lag:0s", which names no duration, as replica-lag:600s does.',
    ],
    [
      { faults: ['route53-control-plane-down:us-east-1'] },
      'This link asks for the fault "route53-control-plane-down:us-east-1", but route53-control-plane-down takes nothing behind a colon.',
    ],
  ])('%j', (scenario, sentence) => {
    expect(mistakeIn(scenario, snapshotWith({ faultKinds: FAULTS }))).toBe(sentence);
  });

  test.each([
    [{}],
    [{ system: 'chatbot', faults: FAULTS.map(({ example }) => example) }],
    [{ faults: ['replica-lag:10m', 'region-refuse:us-west-2'] }],
    // Only the sandbox knows in which regions a system is that does not run.
    [{ system: 'shop', faults: ['region-down:eu-west-1'] }],
  ])('nothing: %j', (scenario) => {
    expect(mistakeIn(scenario, snapshotWith({ faultKinds: FAULTS }))).toBeUndefined();
  });
});
