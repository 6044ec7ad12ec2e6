import { z } from 'zod';
import { type Metric, metricsOf } from '../../monitoring/metrics.ts';
import type { World } from '../../world/world.ts';
import { accountOf } from '../arn.ts';
import { page } from '../pages.ts';
import { defineMetricOperation, Whole } from './operation.ts';
import { statistic } from './statistics.ts';

const MINUTE = 60_000;
/** How far back a state is looked for that has lasted. */
const LONGEST_MINUTES = 180;

/** What the team watches, by the metric: the triggers of its document. */
const RULES = {
  CPUUtilization: { suffix: 'cpu', statistic: 'Average', threshold: 95, minutes: 5 },
  ReplicaLag: { suffix: 'replica-lag', statistic: 'Maximum', threshold: 30, minutes: 1 },
  HTTPCode_Target_5XX_Count: { suffix: '5xx', statistic: 'Sum', threshold: 10, minutes: 3 },
} as const;

type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
type Rule = (typeof RULES)[keyof typeof RULES];

export const describeAlarms = defineMetricOperation({
  name: 'DescribeAlarms',
  input: z.object({
    AlarmNames: z.array(z.string()).max(100).optional(),
    AlarmNamePrefix: z.string().optional(),
    StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
    MaxRecords: Whole.pipe(z.number().min(1).max(100)).default(50),
    NextToken: z.string().optional(),
  }),
  resource: ({ AlarmNames }) => AlarmNames?.[0] ?? '*',
  answer({ AlarmNames, AlarmNamePrefix = '', StateValue, MaxRecords, NextToken }, { world, region }) {
    const wanted = alarmsOf(world, region)
      .filter(({ AlarmName }) => AlarmNames?.includes(AlarmName) ?? AlarmName.startsWith(AlarmNamePrefix))
      .filter((alarm) => (StateValue ?? alarm.StateValue) === alarm.StateValue);
    const { items, marker } = page(wanted, ({ AlarmName }) => AlarmName, MaxRecords, NextToken);
    return { MetricAlarms: items, CompositeAlarms: [], NextToken: marker };
  },
});

function alarmsOf(world: World, region: string) {
  return metricsOf(world, region).flatMap((metric) => {
    const rule = Object.hasOwn(RULES, metric.name) ? RULES[metric.name as keyof typeof RULES] : undefined;
    return rule ? [alarmOf(world, region, metric, rule)] : [];
  });
}

function alarmOf(world: World, region: string, metric: Metric, rule: Rule) {
  const { state, clock } = world;
  const [dimension] = Object.entries(metric.dimensions);
  const [Name, Value] = dimension ?? ['', ''];
  const AlarmName = `${Value.split('/')[1] ?? Value}-${rule.suffix}`;
  const minute = clock.now() - (clock.now() % MINUTE);
  const now = stateAt(metric, rule, minute);
  let since = minute;
  while (minute - since < LONGEST_MINUTES * MINUTE && stateAt(metric, rule, since - MINUTE) === now) since -= MINUTE;
  return {
    AlarmName,
    AlarmArn: `arn:aws:cloudwatch:${region}:${accountOf(state)}:alarm:${AlarmName}`,
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: now,
    StateReason: reasonOf(now, rule),
    StateUpdatedTimestamp: new Date(since),
    MetricName: metric.name,
    Namespace: metric.namespace,
    Statistic: rule.statistic,
    Dimensions: [{ Name, Value }],
    Period: 60,
    EvaluationPeriods: rule.minutes,
    Threshold: rule.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
  };
}

/** As it is evaluated at the beginning of a minute: over the minutes before it. */
function stateAt(metric: Metric, { statistic: name, threshold, minutes }: Rule, minute: number): State {
  const values = Array.from({ length: minutes }, (_, index) => metric.samples(minute - (index + 1) * MINUTE));
  const reported = values.filter((samples) => samples.length > 0).map((samples) => statistic(name, samples));
  if (reported.length === 0) return 'INSUFFICIENT_DATA';
  return reported.length === minutes && reported.every((value) => value > threshold) ? 'ALARM' : 'OK';
}

function reasonOf(state: State, { threshold, minutes }: Rule): string {
  const limit = `the threshold (${threshold.toFixed(1)})`;
  switch (state) {
    case 'ALARM':
      return `Threshold Crossed: ${minutes} out of the last ${minutes} datapoints were greater than ${limit}.`;
    case 'OK':
      return `Threshold Crossed: at least 1 datapoint was not greater than ${limit}.`;
    default:
      return 'Insufficient Data: no datapoints were received.';
  }
}
