import { z } from 'zod';
import { silentSince } from '../../monitoring/fault-history.ts';
import { AwsError } from '../errors.ts';
import { defineJsonOperation, jsonService } from '../json/protocol.ts';

const EventFilter = z.object({
  regions: z.array(z.string()).optional(),
  services: z.array(z.string()).optional(),
  eventStatusCodes: z.array(z.enum(['open', 'closed', 'upcoming'])).optional(),
  eventTypeCategories: z.array(z.string()).optional(),
});

const describeEvents = defineJsonOperation({
  name: 'DescribeEvents',
  mutating: false,
  input: z.object({ filter: EventFilter.default({}) }),
  resource: ({ filter }) => filter.regions?.join(',') ?? '*',
  answer({ filter }, { world }) {
    const { state, clock } = world;
    // As for most accounts; a test gives this one a plan.
    if (!state.hasSupportPlan) throw new AwsError('SubscriptionRequiredException', '');
    const { regions = Object.keys(state.elbv2), eventStatusCodes = ['open'], eventTypeCategories = ['issue'] } = filter;
    const isAsked = eventStatusCodes.includes('open') && eventTypeCategories.includes('issue');
    const down = regions.flatMap((region) => {
      const since = isAsked ? silentSince(state, region, clock.now()) : undefined;
      return since === undefined ? [] : [{ region, since }];
    });
    return {
      events: down.map(({ region, since }) => ({
        arn: `arn:aws:health:${region}::event/MULTIPLE_SERVICES/AWS_MULTIPLE_SERVICES_OPERATIONAL_ISSUE/sandbox`,
        service: 'MULTIPLE_SERVICES',
        eventTypeCode: 'AWS_MULTIPLE_SERVICES_OPERATIONAL_ISSUE',
        eventTypeCategory: 'issue',
        region,
        startTime: Math.floor(since / 1000),
        lastUpdatedTime: Math.floor(clock.now() / 1000),
        statusCode: 'open',
        eventScopeCode: 'PUBLIC',
      })),
    };
  },
});

/** AWS Health: without a support plan it refuses every call, and says no more than that. */
export const health = jsonService({
  name: 'health',
  signingName: 'health',
  version: '1.1',
  operations: [describeEvents],
});
