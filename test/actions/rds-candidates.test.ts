import { expect, it } from '@jest/globals';
import { brokenReplication } from '../../src/actions/rds/primary/candidates.ts';

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
