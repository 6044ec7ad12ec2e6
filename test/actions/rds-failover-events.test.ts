import { describe, expect, it } from '@jest/globals';
import {
  type FailoverEvent,
  failoverEvents,
  failoversSince,
  newestFailover,
} from '../../src/actions/rds/failover-events.ts';
import { beginningOf, pick } from '../../src/actions/rds/find-event.ts';
import { mayHaveBeenSent, UNCERTAIN } from '../../src/actions/rds/reboot-with-failover.ts';

describe("RDS's events", () => {
  const told = (at: number, message: string) => ({ at, source: 'chatbot-prod', message, categories: ['failover'] });

  it('tell of one failover from its beginning to its end', () => {
    const events = failoverEvents([
      told(1, 'Multi-AZ instance failover started.'),
      told(2, 'DB instance restarted'),
      told(3, 'Multi-AZ instance failover completed'),
    ]);

    expect(newestFailover(events)).toMatchObject({ startedAt: 1, completedAt: 3 });
    expect(events.map(({ id }) => id)).toEqual(['RDS-EVENT-0013', 'RDS-EVENT-0049']);
  });

  it('tell of the newest of two, which is under way', () => {
    const events = failoverEvents([
      told(1, 'Started cross AZ failover to DB instance: one'),
      told(3, 'Completed failover to DB instance: one'),
      told(9, 'Started same AZ failover to DB instance: two'),
    ]);

    expect(newestFailover(events)).toEqual({ startedAt: 9, message: 'Started same AZ failover to DB instance: two' });
  });

  it('tell of those that had not ended by a time, the first of them too', () => {
    const events = failoverEvents([
      told(1, 'Multi-AZ instance failover started.'),
      told(3, 'Multi-AZ instance failover completed'),
      told(5, 'Abandoning user requested failover since database failover recently occurred.'),
      told(7, 'Multi-AZ instance failover started.'),
      told(9, 'Multi-AZ instance failover completed'),
      told(11, 'Multi-AZ instance failover started.'),
    ]);

    expect(failoversSince(events, 4).map(({ startedAt }) => startedAt)).toEqual([7, 11]);
    expect(failoversSince(events, 1).map(({ startedAt }) => startedAt)).toEqual([1, 7, 11]);
    expect(beginningOf(events, events[4] as FailoverEvent)).toBe(7);
    expect(beginningOf(events, events[0] as FailoverEvent)).toBe(1);
  });

  it('tell of a failover of a cluster that was given up', () => {
    const events = failoverEvents([
      told(1, 'Started cross AZ failover to DB instance: one'),
      told(3, 'Promoting previous primary again: two'),
    ]);

    expect(newestFailover(events)).toMatchObject({ startedAt: 1, failedAt: 3 });
  });

  it('are found by id, by time, or as the newest', () => {
    const events = failoverEvents([
      told(1000, 'Multi-AZ instance failover started.'),
      told(3000, 'Multi-AZ instance failover completed'),
    ]);

    expect(pick(events, 'newest')?.at).toBe(3000);
    expect(pick(events, 'rds-event-0013')?.at).toBe(1000);
    expect(pick(events, '1970-01-01T00:00:01.000Z')?.at).toBe(1000);
    expect(pick(events, 'RDS-EVENT-0071')).toBeUndefined();
  });
});

it.each<[string[], boolean]>([
  [[], false],
  [['approval.void'], false],
  [['interrupted'], true],
  [['rds.timeout'], true],
  [['interrupted', UNCERTAIN], false],
  [['interrupted', 'interrupted', UNCERTAIN], true],
])('after attempts that ended with %j a reboot may have been sent: %s', (earlier, expected) => {
  expect(mayHaveBeenSent(earlier)).toBe(expected);
});
