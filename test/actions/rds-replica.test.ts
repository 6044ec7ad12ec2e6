import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const CREATE = 'rds.create-replica';
const PRIMARY = { region: 'us-east-1', instance: 'chatbot-prod' };
const REPLICA = { region: 'us-west-2', instance: 'chatbot-prod-replica-west-second' };
const given = { ...REPLICA, source: PRIMARY };

let bench: TestWorld;
let act: ActionBench;
/** World time at which the step began that made the replica, and its outputs. */
let firstAttemptAt: number;
let outputs: JsonObject;

// What RDS says of a replica is enough here, so that nothing runs behind it.
beforeAll(async () => {
  bench = await startTestWorld({ speed: 300 });
  act = benchOf(bench, {}, { limit: 60_000 });
  const made = await act.run(CREATE, given);
  firstAttemptAt = made.context.firstAttemptAt;
  outputs = made.outputs;
});
afterAll(() => bench.close());

const inWest = () => bench.world.state.rds[REPLICA.region] ?? {};
const replica = () => {
  const found = inWest()[REPLICA.instance];
  if (!found) throw new Error('there is no replica');
  return found;
};
/** Somebody else promotes it. */
const promote = () => {
  delete replica().replicaSource;
};

describe('the undo of rds.create-replica plans for a replica that the step has', () => {
  it.each([
    ['found', { made: false }, 0],
    ['found, as outputs of before tell it', {}, 0],
    ['made', { made: true }, 1],
  ])('%s: %j', (_what, told, count) => {
    const { undo, input } = act.action(CREATE);
    const done = { outputs: { resourceId: 'db-ANY', ...told }, changes: [] };

    const planned = undo?.change(undefined, input.parse(given) as never, act.contextOf(), done);

    expect(planned?.changes).toHaveLength(count);
  });
});

describe('the undo of rds.create-replica', () => {
  beforeEach(() => {
    Object.assign(replica(), { replicaSource: SOURCE, deletionProtection: true });
  });
  const SOURCE = 'arn:aws:rds:us-east-1:123456789012:db:chatbot-prod';

  it('leaves another instance alone that has got the name', async () => {
    const { undone, calls } = await act.undo(CREATE, given, { outputs: { ...outputs, resourceId: 'db-OTHER' } });

    expect({ ...undone, calls }).toEqual({ outputs: {}, changes: [], calls: [] });
    expect(replica().status).toBe('available');
  });

  it.each<[string, () => void, () => void, string[]]>([
    ['since the step', promote, () => undefined, []],
    // That it may be deleted is what it was asked for first.
    ['between its two calls', () => undefined, promote, ['rds ModifyDBInstance']],
  ])(
    'leaves one alone that was promoted %s: it may hold the only copy of something',
    async (_when, before, during, sent) => {
      const from = bench.carriedOut().length;
      before();

      const undoing = act.undo(CREATE, given, { outputs }, { onLease: during });

      await expect(undoing).rejects.toMatchObject({ name: 'Permanent', code: 'undo.no-replica' });
      expect(bench.carriedOut().slice(from)).toEqual(sent);
      expect(replica().status).toBe('available');
    },
  );

  it('deletes what an attempt asked for that was cut short after its call', async () => {
    const again = await act.run(CREATE, given, { firstAttemptAt });

    const { planned, undone, calls } = await act.undo(CREATE, given, { outputs: again.outputs });

    expect(again).toMatchObject({ calls: [], changes: [], outputs: { ...outputs, made: true } });
    expect(undone.changes).toEqual(planned.changes);
    expect(undone.changes).toMatchObject([{ after: 'deleted' }]);
    expect(calls).toEqual(['rds ModifyDBInstance', 'rds DeleteDBInstance']);
    expect(Object.keys(inWest())).toEqual(['chatbot-prod-replica-west']);
  });
});
