import { max, mean, min, quantile, sum } from 'simple-statistics';
import type { Metric } from '../../monitoring/metrics.ts';
import { AwsError } from '../errors.ts';

const MINUTE = 60_000;
const MOST_POINTS = 1440;

/** One value of a metric's period. */
export interface Point {
  at: number;
  samples: number[];
}

/**
 * The samples of each period in [from, to), oldest first; a period without any is left out, and so is a minute that is not
 * over at `now`. Times are world milliseconds. Throws InvalidParameterValue, InvalidParameterCombination.
 */
export function points(
  metric: Metric | undefined,
  { from, to, period, now }: { from: number; to: number; period: number; now: number },
): Point[] {
  if (period < 60 || period % 60 !== 0) {
    throw new AwsError('InvalidParameterValue', 'The parameter Period must be a multiple of 60.');
  }
  if (from >= to) {
    throw new AwsError(
      'InvalidParameterCombination',
      'The parameter StartTime must be less than the parameter EndTime.',
    );
  }
  const length = period * 1000;
  const first = from - (from % length);
  if ((to - first) / length > MOST_POINTS) {
    const wanted = Math.ceil((to - first) / length);
    const sentence = `You have requested up to ${wanted} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`;
    throw new AwsError('InvalidParameterCombination', sentence);
  }
  const found: Point[] = [];
  for (let at = first; at < to; at += length) {
    const minutes = Array.from({ length: period / 60 }, (_, index) => at + index * MINUTE);
    const over = minutes.filter((minute) => minute + MINUTE <= now);
    const samples = metric ? over.flatMap((minute) => metric.samples(minute)) : [];
    if (samples.length > 0) found.push({ at, samples });
  }
  return found;
}

/** A statistic over samples, of which there is at least one. Throws InvalidParameterValue for one that CloudWatch lacks. */
export function statistic(name: string, samples: number[]): number {
  switch (name) {
    case 'Average':
      return mean(samples);
    case 'Sum':
      return sum(samples);
    case 'Minimum':
      return min(samples);
    case 'Maximum':
      return max(samples);
    case 'SampleCount':
      return samples.length;
    default: {
      const share = Number(/^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1] ?? Number.NaN) / 100;
      if (Number.isNaN(share)) {
        throw new AwsError('InvalidParameterValue', `The value ${name} for parameter Stat is not supported.`);
      }
      return quantile(samples, share);
    }
  }
}
