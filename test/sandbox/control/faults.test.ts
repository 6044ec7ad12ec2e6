import { describe, expect, it } from '@jest/globals';
import { FAULTS, formatFault, parseFault, placesOfSystem } from '../../../sandbox/control/faults.ts';
import { chatbot } from '../aws/sandbox.ts';

const REGIONS = { region: ['us-east-1', 'us-west-2'] };

describe('faults by name', () => {
  it.each(FAULTS)('reads and writes $example', ({ example }) => {
    const fault = parseFault(example, REGIONS);

    expect(formatFault(fault)).toBe(example);
  });

  it('reads minutes', () => {
    expect(parseFault('replica-lag:10m')).toEqual({ name: 'replica-lag', seconds: 600 });
  });

  it.each([
    ['database-crash:us-east-1', 'There is no database instance "us-east-1"; there are chatbot-prod, chatbot-prod-rep'],
    ['zone-down:us-east-1', 'There is no zone "us-east-1"; there are us-east-1a, '],
    ['failing-probes:chatbot', 'There is no deployment "chatbot"; there are chatbot-api, '],
  ])('refuses %s before there is a world of the system', (text, sentence) => {
    expect(() => parseFault(text, placesOfSystem(chatbot))).toThrow(sentence);
  });

  it.each([
    ['region-dwon:us-east-1', 'There is no fault "region-dwon". Did you mean region-down? The faults are: '],
    ['region-down', 'The fault region-down needs a region; write region-down:us-east-1.'],
    [
      'region-down:us-est-1',
      'The system is not in the region "us-est-1"; it is in us-east-1 and us-west-2: try region-down:us-east-1.',
    ],
    ['replica-lag:long', 'The fault replica-lag needs a duration such as 45s or 10m; write replica-lag:600s.'],
    ['route53-control-plane-down:x', 'The fault route53-control-plane-down takes nothing behind a colon'],
  ])('explains what is wrong with %s', (text, sentence) => {
    expect(() => parseFault(text, REGIONS)).toThrow(sentence);
  });
});
