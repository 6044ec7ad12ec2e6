import { z } from 'zod';
import { type Metric, metricsOf } from '../../monitoring/metrics.ts';
import { AwsError } from '../errors.ts';
import { type Context, defineMetricOperation, Timestamp, Whole } from './operation.ts';
import { points, statistic } from './statistics.ts';

const Dimension = z.object({ Name: z.string(), Value: z.string() });
const MetricName = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(Dimension).default([]),
});
const Query = z.object({
  Id: z.string().regex(/^[a-z]\w*$/, 'must begin with a lower case letter'),
  Label: z.string().optional(),
  Expression: z.string().optional(),
  MetricStat: z.object({ Metric: MetricName, Period: Whole, Stat: z.string() }).optional(),
});

export const getMetricData = defineMetricOperation({
  name: 'GetMetricData',
  input: z.object({
    MetricDataQueries: z.array(Query).min(1).max(500),
    StartTime: Timestamp,
    EndTime: Timestamp,
    ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
  }),
  resource: ({ MetricDataQueries: [first] }) => first?.MetricStat?.Metric.MetricName ?? '*',
  answer({ MetricDataQueries, StartTime: from, EndTime: to, ScanBy }, context) {
    const results = MetricDataQueries.map(({ Id, Label, Expression, MetricStat }) => {
      if (!MetricStat) {
        const what = Expression === undefined ? 'no MetricStat' : 'metric math, which the simulated CloudWatch lacks';
        throw new AwsError('ValidationError', `The query ${Id} has ${what}.`);
      }
      const { Metric, Period: period, Stat } = MetricStat;
      const now = context.world.clock.now();
      const found = points(find(context, Metric), { from, to, period, now });
      const ordered = ScanBy === 'TimestampAscending' ? found : found.toReversed();
      return {
        Id,
        Label: Label ?? Metric.MetricName,
        Timestamps: ordered.map(({ at }) => new Date(at)),
        Values: ordered.map(({ samples }) => statistic(Stat, samples)),
        StatusCode: 'Complete',
      };
    });
    return { MetricDataResults: results, Messages: [] };
  },
});

const STATISTICS = z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']);

export const getMetricStatistics = defineMetricOperation({
  name: 'GetMetricStatistics',
  input: z.object({
    ...MetricName.shape,
    StartTime: Timestamp,
    EndTime: Timestamp,
    Period: Whole,
    Statistics: z.array(STATISTICS).optional(),
    ExtendedStatistics: z.array(z.string()).optional(),
  }),
  resource: ({ MetricName: name }) => name,
  answer(input, context) {
    const { StartTime: from, EndTime: to, Period: period, Statistics = [], ExtendedStatistics = [] } = input;
    if (Statistics.length === 0 && ExtendedStatistics.length === 0) {
      throw new AwsError(
        'MissingParameter',
        'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
      );
    }
    const metric = find(context, input);
    const found = points(metric, { from, to, period, now: context.world.clock.now() });
    return {
      Label: input.MetricName,
      Datapoints: found.map(({ at, samples }) => ({
        Timestamp: new Date(at),
        ...Object.fromEntries(Statistics.map((name) => [name, statistic(name, samples)])),
        Unit: metric?.unit ?? 'None',
        ...(ExtendedStatistics.length > 0 && {
          ExtendedStatistics: Object.fromEntries(ExtendedStatistics.map((name) => [name, statistic(name, samples)])),
        }),
      })),
    };
  },
});

export const listMetrics = defineMetricOperation({
  name: 'ListMetrics',
  input: z.object({
    Namespace: z.string().optional(),
    MetricName: z.string().optional(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
  }),
  resource: ({ Namespace }) => Namespace ?? '*',
  answer({ Namespace, MetricName: name, Dimensions }, { world, region }) {
    const wanted = metricsOf(world, region).filter(
      (metric) =>
        (Namespace ?? metric.namespace) === metric.namespace &&
        (name ?? metric.name) === metric.name &&
        Dimensions.every(({ Name, Value }) =>
          Value === undefined ? Name in metric.dimensions : metric.dimensions[Name] === Value,
        ),
    );
    return {
      Metrics: wanted.map(({ namespace, name: MetricName, dimensions }) => ({
        Namespace: namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
    };
  },
});

/** The metric of exactly these dimensions; CloudWatch knows no other, and answers without values. */
function find({ world, region }: Context, wanted: z.infer<typeof MetricName>): Metric | undefined {
  const { Namespace, MetricName: name, Dimensions } = wanted;
  return metricsOf(world, region).find(
    (metric) =>
      metric.namespace === Namespace &&
      metric.name === name &&
      Object.keys(metric.dimensions).length === Dimensions.length &&
      Dimensions.every(({ Name, Value }) => metric.dimensions[Name] === Value),
  );
}
