import { z } from 'zod';
import type { MetricName } from '../../adapters/aws/cloudwatch.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Duration } from '../../domain/duration.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { Region } from '../../domain/system.ts';

const Input = z.strictObject({
  region: Region,
  namespace: z.string().min(1),
  metric: z.string().min(1),
  dimensions: z.record(z.string(), z.string()).default({}),
  statistic: z
    .string()
    .regex(/^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d{1,10})?|p100)$/, 'must be Average, Sum, … or p95')
    .default('Average'),
  /** The last so many seconds, of which each minute has a value. */
  window: Duration.pipe(z.number().min(60)).default(300),
  /** What run() waits for: that the newest value lies between them. */
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});
type Input = z.infer<typeof Input>;

const Output = z.object({
  /** Of the newest minute that was reported; 0 where there is none. */
  newest: z.number(),
  lowest: z.number(),
  highest: z.number(),
  /** How many minutes of the window were reported: none may mean that nothing is there to report. */
  minutes: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** CloudWatch keeps values of a minute for two weeks. */
const PERIOD_SECONDS = 60;
/** A minute is reported a moment after it is over. */
const REPORTED_AFTER = 60_000;

export const metric = ({ aws }: Clients) =>
  defineAction({
    id: 'cloudwatch.metric',
    summary: 'Read a CloudWatch metric over the last minutes',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['cloudwatch:GetMetricData'] },
    examples: [
      {
        title: 'Sessions of the new primary',
        with: {
          region: 'us-west-2',
          namespace: 'AWS/RDS',
          metric: 'DatabaseConnections',
          dimensions: { DBInstanceIdentifier: 'chatbot-prod-replica-west' },
          window: '5m',
          atLeast: 1,
        },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 60,
    async observe(context, input) {
      return { facts: {}, measurements: await measure({ aws }, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      // What has just come is reported a minute later.
      const outputs = await context.waitUntil(async () => {
        const measured = await measure({ aws }, context, input);
        const { newest, minutes, sentence } = measured;
        const isWithin = newest >= (input.atLeast ?? newest) && newest <= (input.atMost ?? newest);
        context.progress(isWithin || minutes === 0 ? sentence : `${sentence} Wanted: ${limitsOf(input)}.`);
        return minutes > 0 && isWithin ? measured : undefined;
      });
      return { outputs, changes: [] };
    },
  });

async function measure(
  { aws }: Pick<Clients, 'aws'>,
  { clock, signal }: Pick<ObserveContext, 'clock' | 'signal'>,
  { region, namespace, metric: name, dimensions, statistic, window }: Input,
): Promise<Output> {
  const asked: MetricName = { namespace, name, dimensions, statistic };
  const to = clock.now();
  const from = to - window * 1000 - REPORTED_AFTER;
  const found = await aws.cloudWatch.metric(region, asked, { from, to, periodSeconds: PERIOD_SECONDS }, signal);
  const values = found.map(({ value }) => value);
  const subject = [name, ...Object.values(dimensions)].join(' of ');
  const newest = values.at(-1);
  if (newest === undefined) {
    const sentence = `${subject} was not reported in the last ${formatSeconds(window)}.`;
    return { newest: 0, lowest: 0, highest: 0, minutes: 0, sentence };
  }
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const range = `${round(lowest)} to ${round(highest)} in the last ${formatSeconds(window)}`;
  return { newest, lowest, highest, minutes: values.length, sentence: `${subject} is ${round(newest)}, ${range}.` };
}

function limitsOf({ atLeast, atMost }: Input): string {
  const limits = [atLeast === undefined ? '' : `at least ${atLeast}`, atMost === undefined ? '' : `at most ${atMost}`];
  return limits.filter((limit) => limit !== '').join(', ');
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
