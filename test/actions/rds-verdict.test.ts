import { describe, expect, it } from '@jest/globals';
import { isAnswer } from '../../src/actions/rds/primary/connections.ts';
import { judge, type Signs } from '../../src/actions/rds/primary/verdict.ts';
import { translatePostgresError } from '../../src/adapters/postgres/errors.ts';
import { STANDING } from '../support/standing.ts';

const NOW = Date.UTC(2030, 0, 1, 12);
const MINUTE = 60_000;

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
