import { z } from 'zod';
import type { WorldState } from '../../world/state.ts';
import { accountOf } from '../arn.ts';
import { AwsError } from '../errors.ts';
import { page } from '../pages.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { timestamp } from '../xml.ts';
import { KEPT } from './events.ts';
import type { RdsEvent } from './state.ts';

const MINUTE = 60_000;
/** Minutes back that RDS looks when the caller does not say. */
const USUAL_DURATION = 60;
const SOURCE_TYPES = [
  ...['db-instance', 'db-parameter-group', 'db-security-group', 'db-snapshot', 'db-cluster', 'db-cluster-snapshot'],
  ...['custom-engine-version', 'db-proxy', 'blue-green-deployment', 'db-shard-group', 'zero-etl'],
];

export const describeEvents = defineOperation({
  name: 'DescribeEvents',
  mutating: false,
  input: z.object({
    SourceIdentifier: z.string().optional(),
    SourceType: z.string().optional(),
    StartTime: z.string().optional(),
    EndTime: z.string().optional(),
    Duration: integer.optional(),
    EventCategories: list('EventCategory', z.string()).optional(),
    MaxRecords: integer.optional(),
    Marker: z.string().optional(),
  }),
  resource: ({ SourceIdentifier }) => SourceIdentifier ?? '*',
  answer(input, { world: { state, clock }, region }) {
    const { SourceIdentifier, SourceType, EventCategories = [], MaxRecords = 100, Marker } = input;
    if (MaxRecords < 20 || MaxRecords > 100) {
      const sentence = `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`;
      throw new AwsError('InvalidParameterValue', sentence);
    }
    if (SourceIdentifier !== undefined && SourceType === undefined) {
      const sentence = 'The parameter SourceType must be specified when the parameter SourceIdentifier is.';
      throw new AwsError('InvalidParameterCombination', sentence);
    }
    if (SourceType !== undefined && !SOURCE_TYPES.includes(SourceType)) {
      throw new AwsError('InvalidParameterValue', `Invalid source type: ${SourceType}`);
    }
    const { from, to } = spanOf(input, clock.now());
    const all = (state.rdsEvents ?? []).map((event, index) => ({ event, key: keyOf(event, index) }));
    const wanted = all.filter(
      ({ event }) =>
        event.region === region &&
        event.at >= from &&
        event.at <= to &&
        (SourceType === undefined || event.sourceType === SourceType) &&
        (SourceIdentifier === undefined || event.identifier === SourceIdentifier.toLowerCase()) &&
        (EventCategories.length === 0 || event.categories.some((category) => EventCategories.includes(category))),
    );
    const { items, marker } = page(wanted, ({ key }) => key, MaxRecords, Marker);
    return { Events: { Event: items.map(({ event }) => render(state, event)) }, Marker: marker };
  },
});

/** The span that is asked for, world time. Throws for one that RDS does not take. */
function spanOf(
  {
    StartTime,
    EndTime,
    Duration,
  }: { StartTime?: string | undefined; EndTime?: string | undefined; Duration?: number | undefined },
  now: number,
): { from: number; to: number } {
  const start = StartTime === undefined ? undefined : readTime('StartTime', StartTime);
  const to = EndTime === undefined ? now : readTime('EndTime', EndTime);
  const from = start ?? to - (Duration ?? USUAL_DURATION) * MINUTE;
  if (from > to) throw new AwsError('InvalidParameterCombination', 'The start time must be before the end time.');
  if (from < now - KEPT) {
    throw new AwsError('InvalidParameterValue', 'Events older than 14 days are not available.');
  }
  return { from, to };
}

function readTime(parameter: string, text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new AwsError('InvalidParameterValue', `The parameter ${parameter} is not valid: ${text} is no timestamp.`);
  }
  return time;
}

/** Oldest first, and in the order in which they were told. */
function keyOf({ at }: RdsEvent, index: number): string {
  return `${String(at).padStart(16, '0')}/${String(index).padStart(8, '0')}`;
}

function render(state: WorldState, { at, region, sourceType, identifier, categories, message }: RdsEvent) {
  const kind = sourceType === 'db-cluster' ? 'cluster' : 'db';
  return {
    SourceIdentifier: identifier,
    SourceType: sourceType,
    Message: message,
    EventCategories: { EventCategory: categories },
    Date: timestamp(at),
    SourceArn: `arn:aws:rds:${region}:${accountOf(state)}:${kind}:${identifier}`,
  };
}
