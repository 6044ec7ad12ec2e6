import { describe, expect, it } from '@jest/globals';
import { brokenReplication, type Candidate, choose, notOf } from '../../src/actions/rds/primary/candidates.ts';
import { STANDING } from '../support/standing.ts';

const REMOVED = 'requested WAL segment has already been removed';
const GONE = 'could not connect to the primary server: timeout expired';

it.each([
  ['replicating', '', 600, undefined],
  ['error', REMOVED, 600, 'its replication is broken (RDS: error), and it lacks 10 min of the writes'],
  ['error', REMOVED, undefined, 'its replication is broken (RDS: error), and it lacks an unknown part of the writes'],
  ['error', REMOVED, 20, undefined],
  // That the primary is lost is no fault of its replica, however much that one lacks: the loss is judged by itself.
  ['error', GONE, 600, undefined],
  ['error', GONE, undefined, undefined],
])('a replica of which RDS says %s (%s), %s s behind', (replication, replicationError, lag, sentence) => {
  expect(brokenReplication({ replication, replicationError }, lag)).toBe(sentence);
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
