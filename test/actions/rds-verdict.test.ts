import { describe, expect, it } from '@jest/globals';
import {
  type FailoverEvent,
  failoverEvents,
  failoversSince,
  newestFailover,
} from '../../src/actions/rds/failover-events.ts';
import { beginningOf, pick } from '../../src/actions/rds/find-event.ts';
import { type Candidate, choose, notOf } from '../../src/actions/rds/primary/candidates.ts';
import { isAnswer } from '../../src/actions/rds/primary/connections.ts';
import type { Standing } from '../../src/actions/rds/primary/standing.ts';
import { judge, type Signs } from '../../src/actions/rds/primary/verdict.ts';
import { mayHaveBeenSent, UNCERTAIN } from '../../src/actions/rds/reboot-with-failover.ts';
import { translatePostgresError } from '../../src/adapters/postgres/errors.ts';

const NOW = Date.UTC(2030, 0, 1, 12);
const MINUTE = 60_000;

const STANDING: Standing = {
  form: 'multi-az',
  region: 'us-east-1',
  instance: 'chatbot-prod',
  cluster: '',
  target: '',
  status: 'available',
  endpoint: 'chatbot-prod.example',
  port: 5432,
  zone: 'us-east-1a',
  replicas: [],
  instanceClass: 'db.r6g.xlarge',
  sentence: '',
};

function signs(over: Partial<Signs> = {}): Signs {
  return {
    name: 'chatbot-prod in us-east-1',
    standing: STANDING,
    connections: {
      tried: 4,
      answered: 0,
      full: 0,
      busy: 0,
      refused: 0,
      sentence: 'None of 4 connections was answered.',
    },
    replica: { receiving: false, lagSeconds: 0, sentence: '' },
    users: false,
    cpu: undefined,
    failover: undefined,
    ...over,
  };
}
const ANSWERS = {
  tried: 4,
  answered: 4,
  full: 0,
  busy: 0,
  refused: 0,
  role: 'primary' as const,
  sentence: '4 of 4 connections',
};

describe('the verdict on a primary', () => {
  it.each<[string, Partial<Signs>, string, RegExp]>([
    ['no source has a sign of life', {}, 'lost', /fails over to its standby by itself/],
    [
      'the same, without a standby',
      { standing: { ...STANDING, form: 'replica' } },
      'lost',
      /the healthiest replica is promoted/,
    ],
    [
      'the same, in a cluster',
      { standing: { ...STANDING, form: 'cluster', cluster: 'c', target: 'reader' } },
      'lost',
      /failed over to reader/,
    ],
    [
      'the same, in a cluster without a reader',
      { standing: { ...STANDING, form: 'cluster', cluster: 'c' } },
      'lost',
      /no reader that could take over/,
    ],
    [
      'the name of its cluster leads to a reader',
      { standing: { ...STANDING, form: 'cluster', cluster: 'c' }, connections: { ...ANSWERS, role: 'replica' } },
      'changing',
      /leads to a reader/,
    ],
    [
      'it answers as a replica',
      { connections: { ...ANSWERS, role: 'replica' } },
      'healthy',
      /the primary is another by now/,
    ],
    ['its region is silent, too', { standing: { ...STANDING, form: 'region' } }, 'lost', /failure of a region/],
    [
      'its replica still receives',
      { replica: { receiving: true, lagSeconds: 0, sentence: '' } },
      'overloaded',
      /lives/,
    ],
    [
      'its replica cannot be asked, and would be promoted',
      {
        standing: { ...STANDING, form: 'replica' },
        replica: { receiving: undefined, lagSeconds: undefined, sentence: 'The replica cannot be asked.' },
      },
      'unproven',
      /does not prove a loss/,
    ],
    [
      'its replica cannot be asked, and is not needed',
      { replica: { receiving: undefined, lagSeconds: undefined, sentence: '' } },
      'lost',
      /standby/,
    ],
    [
      'it refuses the password',
      { connections: { ...ANSWERS, answered: 0, refused: 4, sentence: 'None was answered: password refused.' } },
      'healthy',
      /lives, and refuses Lifeboat/,
    ],
    [
      'it is starting up',
      { connections: { ...ANSWERS, answered: 0, busy: 4, refused: 4, sentence: 'None was answered: it starts.' } },
      'changing',
      /ask again/,
    ],
    ...['rebooting', 'modifying', 'upgrading', 'starting', 'stopping'].map(
      (status): [string, Partial<Signs>, string, RegExp] => [
        `RDS is at work: ${status}`,
        { standing: { ...STANDING, form: 'replica', status } },
        'changing',
        /which ends by itself\. Wait/,
      ],
    ),
    ['somebody stopped it', { standing: { ...STANDING, status: 'stopped' } }, 'changing', /start-db-instance/],
    ['it was being backed up', { standing: { ...STANDING, status: 'backing-up' } }, 'lost', /no source/],
    [
      'it was lost after a failover that had come through',
      { failover: { startedAt: NOW - 5 * MINUTE, completedAt: NOW - 4 * MINUTE, message: '' } },
      'lost',
      /no source/,
    ],
    ['users are served', { users: true }, 'healthy', /two primaries/],
    [
      'it has no room for a session',
      { connections: { ...ANSWERS, answered: 0, full: 4 } },
      'overloaded',
      /refuses sessions/,
    ],
    ['its CPU was at 99 %', { cpu: 99 }, 'overloaded', /CPU is at 99 %/],
    ['half of the connections', { connections: { ...ANSWERS, answered: 2 } }, 'overloaded', /lose writes/],
    ['it answers at 99 % CPU', { connections: ANSWERS, cpu: 99 }, 'overloaded', /larger class/],
    [
      'it answers, its replica is late',
      { connections: ANSWERS, replica: { receiving: true, lagSeconds: 640, sentence: '' } },
      'lagging',
      /behind/,
    ],
    ['it answers, users are served', { connections: ANSWERS, users: true }, 'healthy', /manual-failover/],
    ['it answers, users are not', { connections: ANSWERS }, 'healthy', /service-failure/],
    ['RDS fails over', { failover: { startedAt: NOW - MINUTE, message: '' } }, 'failing-over', /given its time/],
    [
      'RDS has failed over, and all is well',
      { connections: ANSWERS, users: true, failover: { startedAt: NOW - 5 * MINUTE, completedAt: NOW, message: '' } },
      'failing-over',
      /by itself/,
    ],
    [
      'RDS has failed over, and users are served while nothing answers from here',
      { users: true, failover: { startedAt: NOW - 5 * MINUTE, completedAt: NOW, message: '' } },
      'failing-over',
      /what remains is to prove/,
    ],
    [
      'RDS failed over an hour ago',
      { connections: ANSWERS, users: true, failover: { startedAt: NOW - 60 * MINUTE, completedAt: NOW, message: '' } },
      'healthy',
      /manual-failover/,
    ],
    ['RDS gave its failover up', { failover: { startedAt: NOW, failedAt: NOW, message: '' } }, 'lost', /standby/],
  ])('%s', (_case, over, verdict, advice) => {
    const judged = judge(signs(over), NOW);

    expect(judged.verdict).toBe(verdict);
    expect(judged.advice).toMatch(advice);
    expect(judged.advice).toMatch(/\.$/);
  });
});

describe('the healthiest replica', () => {
  const candidate = (over: Partial<Candidate> & { instance: string }): Candidate => ({
    region: 'us-east-1',
    endpoint: '',
    port: 5432,
    zone: 'us-east-1b',
    instanceClass: 'db.r6g.xlarge',
    position: 1000,
    lagSeconds: 0,
    ...over,
  });

  it.each<[string, Candidate[], string, string]>([
    [
      'has received most, wherever it is',
      [candidate({ instance: 'near' }), candidate({ instance: 'far', region: 'us-west-2', position: 2000 })],
      'far',
      'it has received 1,000 bytes less',
    ],
    [
      'is in the region where equal',
      [candidate({ instance: 'a-far', region: 'us-west-2' }), candidate({ instance: 'near' })],
      'near',
      'it is in another region (us-west-2)',
    ],
    [
      'is in another zone',
      [candidate({ instance: 'a-same', zone: 'us-east-1a' }), candidate({ instance: 'other' })],
      'other',
      "it is in the primary's zone (us-east-1a)",
    ],
    [
      "is of the primary's class",
      [candidate({ instance: 'a-small', instanceClass: 'db.t4g.micro' }), candidate({ instance: 'same' })],
      'same',
      "its class is db.t4g.micro, the primary's db.r6g.xlarge",
    ],
    [
      'is never one that is broken, however much it has',
      [
        candidate({ instance: 'broken', position: 9000, broken: 'its replication is broken' }),
        candidate({ instance: 'fit' }),
      ],
      'fit',
      'its replication is broken',
    ],
  ])('%s', (_case, candidates, chosen, reason) => {
    const choice = choose(candidates, STANDING);

    expect(choice.chosen?.instance).toBe(chosen);
    expect(choice.notChosen.map((one) => one.reason)).toEqual([reason]);
  });

  it('is one that is broken where there is no other, for people to decide', () => {
    const broken = candidate({ instance: 'broken', broken: 'its replication is broken' });

    const choice = choose([broken, candidate({ instance: 'gone', unfit: 'it is deleting' })], STANDING);

    expect(choice.chosen).toBe(broken);
  });

  it('is none where all are unfit', () => {
    const choice = choose([candidate({ instance: 'one', unfit: 'it is modifying' })], STANDING);

    expect(choice.chosen).toBeUndefined();
    expect(choice.notChosen).toMatchObject([{ instance: 'one', reason: 'it is modifying' }]);
  });
});

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

it.each<[string, string, string | undefined]>([
  ['arn:aws:rds:us-east-1:123456789012:db:chatbot-prod', 'us-west-2', undefined],
  ['chatbot-prod', 'us-east-1', undefined],
  ['chatbot-prod', 'us-west-2', 'it is a replica of chatbot-prod in us-west-2, not of the primary'],
  [
    'arn:aws:rds:us-east-1:123456789012:db:chatbot-prod-damaged',
    'us-west-2',
    'it is a replica of chatbot-prod-damaged in us-east-1, not of the primary',
  ],
  ['', 'us-west-2', 'it is no read replica'],
])('a replica of “%s” in %s', (source, region, unfit) => {
  expect(notOf(STANDING, source, region)).toBe(unfit);
});

it.each<[string, boolean]>([
  ['28P01', true],
  ['57P03', true],
  ['53300', true],
  ['XX000', true],
  ['08006', false],
  ['ECONNREFUSED', false],
  ['EPIPE', false],
])('an error with the code %s is an answer of the server: %s', (code, expected) => {
  expect(isAnswer(translatePostgresError(Object.assign(new Error('No.'), { code }), 'It'))).toBe(expected);
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
