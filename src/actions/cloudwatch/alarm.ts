import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction } from '../../domain/action.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { Region } from '../../domain/system.ts';

const Output = z.object({
  /** CloudWatch's own words: `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  state: z.string(),
  /** World seconds since it is so. */
  sinceSeconds: z.number(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const alarm = ({ aws }: Clients) =>
  defineAction({
    id: 'cloudwatch.alarm',
    summary: 'Look at a CloudWatch alarm, or wait until it is OK',
    effect: 'read',
    input: z.strictObject({ region: Region, alarm: z.string().min(1) }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['cloudwatch:DescribeAlarms'] },
    examples: [
      { title: 'Load of the new primary', with: { region: 'us-west-2', alarm: 'chatbot-prod-replica-west-cpu' } },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe({ clock, signal }, { region, alarm: name }) {
      return { facts: {}, measurements: read(await aws.cloudWatch.alarm(region, name, signal), clock.now()) };
    },
    change: () => ({ changes: [] }),
    async run(context, { region, alarm: name }) {
      const outputs = await context.waitUntil(async () => {
        const found = read(await aws.cloudWatch.alarm(region, name, context.signal), context.clock.now());
        context.progress(found.sentence);
        // Without data it says nothing: of a database that was just promoted its metrics may be missing.
        return found.state === 'OK' ? found : undefined;
      });
      return { outputs, changes: [] };
    },
  });

function read(
  { name, state, reason, since }: { name: string; state: string; reason: string; since: number },
  now: number,
): Output {
  const sinceSeconds = Math.max(0, (now - since) / 1000);
  const sentence = `${name} is ${state} since ${formatSeconds(sinceSeconds)}: ${reason}`;
  return { state, sinceSeconds, sentence };
}
