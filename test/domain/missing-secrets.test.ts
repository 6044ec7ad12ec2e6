import { describe, expect, it } from '@jest/globals';
import { missingSecrets } from '../../src/domain/missing-secrets.ts';
import type { System } from '../../src/domain/system.ts';
import { readSystem } from '../support/system.ts';

const chatbot = readSystem();
const namedBy = ({ database, escalation, journey }: System) => [
  database.password,
  ...(journey ? [journey.password] : []),
  ...escalation.map(({ routingKey }) => routingKey),
];

describe('missing secrets', () => {
  it('are none when every variable that the systems name is set', () => {
    const set = namedBy(chatbot);

    const missing = missingSecrets([['chatbot', chatbot]], (name) => set.includes(name));

    expect(missing).toEqual([]);
  });

  it.each(namedBy(chatbot))('name %s when it alone is not set', (absent) => {
    const missing = missingSecrets([['chatbot', chatbot]], (name) => name !== absent);

    expect(missing).toEqual([
      { name: absent, system: 'chatbot', message: expect.stringMatching(`^${absent} is not set.*chatbot.*\\.$`) },
    ]);
  });

  it('say what will not work, each variable once for all of its tiers', () => {
    const escalation = chatbot.escalation.map((tier) => ({ ...tier, routingKey: 'PAGERDUTY_ROUTING_KEY_ALL' }));

    const missing = missingSecrets([['shop', { ...chatbot, escalation }]], () => false);

    expect(missing.map(({ message }) => message)).toEqual([
      expect.stringContaining('databases can be neither observed nor fenced'),
      expect.stringContaining('no client can be seen to sign in'),
      expect.stringMatching(
        /^PAGERDUTY_ROUTING_KEY_ALL is not set, but shop .* nobody of tier 1, 2, 3, 4 can be paged/,
      ),
    ]);
  });
});
