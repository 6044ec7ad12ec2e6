import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { defineJsonOperation, jsonService } from '../json/protocol.ts';
import { page } from '../pages.ts';
import { applicationGroup, eventOf, groupArn, linesOf } from './group.ts';
import { matcherOf } from './pattern.ts';

const INVALID_TOKEN = new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');

const filterLogEvents = defineJsonOperation({
  name: 'FilterLogEvents',
  mutating: false,
  input: z.object({
    logGroupName: z.string().min(1).max(512),
    filterPattern: z.string().max(1024).default(''),
    /** Epoch milliseconds; both belong to the window. */
    startTime: z.number().int().min(0).default(0),
    endTime: z.number().int().min(0).default(Number.MAX_SAFE_INTEGER),
    limit: z.number().int().min(1).max(10_000).default(10_000),
    nextToken: z.string().optional(),
    logStreamNamePrefix: z.string().default(''),
  }),
  resource: ({ logGroupName }) => logGroupName,
  answer(input, { world, region }) {
    const matches = matcherOf(input.filterPattern);
    if (input.startTime > input.endTime) {
      throw new AwsError('InvalidParameterException', 'startTime cannot be after endTime');
    }
    const found = linesOf(world.state, region, input.logGroupName)
      .map((line, place) => ({ event: eventOf(world.state, region, line), place }))
      .filter(({ event }) => event.timestamp >= input.startTime && event.timestamp <= input.endTime)
      .filter(({ event }) => event.logStreamName.startsWith(input.logStreamNamePrefix) && matches(event.message));
    // In the order of time; lines of one millisecond keep theirs.
    const keyOf = ({ event, place }: (typeof found)[number]) =>
      `${String(event.timestamp).padStart(16, '0')} ${String(place).padStart(6, '0')}`;
    const { items, marker } = page(found, keyOf, input.limit, input.nextToken, INVALID_TOKEN);
    const events = items.map(({ event }) => event);
    return { events, searchedLogStreams: [], ...(marker !== undefined && { nextToken: marker }) };
  },
});

const describeLogGroups = defineJsonOperation({
  name: 'DescribeLogGroups',
  mutating: false,
  input: z.object({ logGroupNamePrefix: z.string().default('') }),
  resource: ({ logGroupNamePrefix }) => logGroupNamePrefix || '*',
  answer({ logGroupNamePrefix }, { world, region }) {
    const group = applicationGroup(world.state, region);
    if (!group.startsWith(logGroupNamePrefix)) return { logGroups: [] };
    const arn = groupArn(world.state, region, group);
    const creationTime = world.state.startedAt;
    return {
      logGroups: [{ logGroupName: group, logGroupArn: arn, arn: `${arn}:*`, creationTime, retentionInDays: 30 }],
    };
  },
});

export const logs = jsonService({
  name: 'logs',
  signingName: 'logs',
  version: '1.1',
  operations: [describeLogGroups, filterLogEvents],
});
