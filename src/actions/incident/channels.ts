import { z } from 'zod';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { describeError, LifeboatError } from '../../domain/errors.ts';

const Output = z.object({
  /** Whether people can be led and called. */
  slack: z.boolean(),
  pagerDuty: z.boolean(),
  /** What is wrong and what to do, for people. */
  advice: z.string(),
});
type Output = z.infer<typeof Output>;

export const channels = (clients: Clients) =>
  defineAction({
    id: 'incident.channels',
    summary: 'Ask Slack and PagerDuty whether people can be led and called through them',
    effect: 'read',
    input: z.strictObject({}),
    output: Output,
    repeat: 'It only asks, posts nothing and pages nobody.',
    permissions: { other: ['slack: auth.test', 'pagerduty: events are refused, none is opened'] },
    examples: [{ title: 'Slack and PagerDuty', with: {} }],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context) {
      return { facts: {}, measurements: await look(clients, context) };
    },
    change: () => ({ changes: [] }),
    async run(context) {
      return { outputs: await look(clients, context), changes: [] };
    },
  });

/** Both are asked at once, and what does not answer is a finding. */
async function look(
  { channels: ask }: Clients,
  { clock, signal }: Pick<ObserveContext, 'clock' | 'signal'>,
): Promise<Output> {
  const patience = within(observationTimeout(clock), signal);
  const [slack, pagerDuty] = await Promise.all([
    complaintOf(ask.slack(patience), 'Agree on a telephone bridge and on who writes down what is decided.'),
    complaintOf(ask.pagerDuty(patience), 'Call the people of the escalation by telephone.'),
  ]);
  const advice = [slack, pagerDuty].filter((complaint) => complaint !== '').join(' ');
  return {
    slack: slack === '',
    pagerDuty: pagerDuty === '',
    advice: advice === '' ? 'Slack and PagerDuty answer.' : advice,
  };
}

async function complaintOf(asked: Promise<void>, instead: string): Promise<string> {
  try {
    await asked;
    return '';
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return `${describeError(error)} ${instead}`;
  }
}
