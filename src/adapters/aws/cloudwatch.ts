import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { Permanent } from '../../domain/errors.ts';
import { type AwsConnection, perRegion, readSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

/** A metric as CloudWatch names it. */
export interface MetricName {
  /** `AWS/RDS` */
  namespace: string;
  /** `CPUUtilization` */
  name: string;
  /** `{ DBInstanceIdentifier: 'chatbot-prod' }` */
  dimensions: Record<string, string>;
  /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p95`. */
  statistic: string;
}

export interface MetricWindow {
  /** World time, epoch milliseconds; the end is not part of it. */
  from: number;
  to: number;
  /** Of one value: 60 or a multiple of it. */
  periodSeconds: number;
}

/** One value of a metric. */
export interface MetricValue {
  /** When its period began, epoch milliseconds. */
  at: number;
  value: number;
}

export interface Alarm {
  name: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** In CloudWatch's words. */
  reason: string;
  /** Since when it is so, epoch milliseconds. */
  since: number;
}

/** CloudWatch of every region. Throws Retryable where the region does not answer. */
export interface CloudWatch {
  /** The values in the window, oldest first; a minute of which nothing was reported has none. */
  metric(region: string, metric: MetricName, window: MetricWindow, signal: AbortSignal): Promise<MetricValue[]>;
  /** Throws Permanent `cloudwatch.alarm-not-found`. */
  alarm(region: string, name: string, signal: AbortSignal): Promise<Alarm>;
  close(): void;
}

const AlarmAnswer = z.object({
  AlarmName: z.string(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string().default(''),
  StateUpdatedTimestamp: z.date(),
});

/** Not at the service's own address where `connection` says so. */
export function createCloudWatch(connection: AwsConnection = {}): CloudWatch {
  const reader = perRegion((region) => new CloudWatchClient(readSettings(connection, region)));
  return {
    async metric(region, { namespace, name, dimensions, statistic }, { from, to, periodSeconds }, signal) {
      const Metric = {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      };
      const query: MetricDataQuery = { Id: 'asked', MetricStat: { Metric, Period: periodSeconds, Stat: statistic } };
      const command = new GetMetricDataCommand({
        MetricDataQueries: [query],
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: 'TimestampAscending',
      });
      try {
        const { MetricDataResults = [] } = await reader.of(region).send(command, { abortSignal: signal });
        const { Timestamps = [], Values = [] } = MetricDataResults[0] ?? {};
        return Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] ?? 0 }));
      } catch (error) {
        throw translateAwsError(error, 'cloudwatch', `CloudWatch in ${region}, ${name}`);
      }
    },
    async alarm(region, name, signal) {
      const subject = `CloudWatch in ${region}, ${name}`;
      try {
        const command = new DescribeAlarmsCommand({ AlarmNames: [name] });
        const { MetricAlarms = [] } = await reader.of(region).send(command, { abortSignal: signal });
        const [found] = MetricAlarms;
        if (!found) throw new Permanent('cloudwatch.alarm-not-found', `${subject}: there is no such alarm.`);
        const { AlarmName, StateValue, StateReason, StateUpdatedTimestamp } = AlarmAnswer.parse(found);
        return { name: AlarmName, state: StateValue, reason: StateReason, since: StateUpdatedTimestamp.getTime() };
      } catch (error) {
        throw translateAwsError(error, 'cloudwatch', subject);
      }
    },
    close: () => reader.close(),
  };
}
