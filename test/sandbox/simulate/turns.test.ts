import { expect, test } from '@jest/globals';
import { createTurns, describeTurn, missedAbort } from '../../../sandbox/simulate/turns.ts';
import type { World } from '../../../sandbox/world/world.ts';
import type { RunState } from '../../../src/domain/run-state.ts';

const REGIONS = { 'us-east-1': { deployments: {} }, 'us-west-2': { deployments: {} } };
const EAST_DOWN = { name: 'region-down', target: 'us-east-1' };

function playedBy(switches: string[], clock: { now: number }, faults: object[] = [EAST_DOWN]): World {
  return {
    clock: { now: () => clock.now },
    state: { faults, kubernetes: REGIONS, rds: { 'us-east-1': { 'chatbot-prod': {} } } },
    switchFault: ({ name, target }: { name: string; target?: string }, on: boolean) =>
      switches.push(`${on ? 'begins' : 'ends'} ${name}:${target}`),
  } as unknown as World;
}

const run = (status: string) => ({ steps: { promote: { status } } }) as unknown as RunState;

test('a turn comes once, when its step is so and its time has passed', () => {
  const switches: string[] = [];
  const clock = { now: 1_000 };
  const turns = createTurns(
    playedBy(switches, clock),
    [
      { step: 'promote', end: ['region-down:us-east-1'], faults: ['old-primary-returns:us-east-1'] },
      { step: 'promote', is: 'running', after: 60, faults: ['region-down:us-west-2'] },
    ],
    1_000,
  );

  turns.look(undefined);
  turns.look(run('running'));
  expect(switches).toEqual([]);

  clock.now = 61_000;
  turns.look(run('running'));
  turns.look(run('running'));
  expect(switches).toEqual(['begins region-down:us-west-2']);

  turns.look(run('succeeded'));
  turns.look(run('succeeded'));
  expect(switches).toEqual([
    'begins region-down:us-west-2',
    'ends region-down:us-east-1',
    'begins old-primary-returns:us-east-1',
  ]);
});

test('what was to end and was not there counts as not having come', () => {
  const turns = createTurns(playedBy([], { now: 0 }, []), [{ after: 0, end: ['region-down:us-east-1'] }], 0);

  turns.look(undefined);

  expect(turns.waiting().map(describeTurn)).toEqual([expect.stringMatching(/: region-down:us-east-1 ends$/)]);
});

test('nothing is played with a fault that the world cannot have', () => {
  const turns = (fault: string) => createTurns(playedBy([], { now: 0 }), [{ after: 0, faults: [fault] }], 0);

  expect(() => turns('database-crash:us-east-1')).toThrow('There is no database instance "us-east-1"');
  expect(turns('database-crash:chatbot-prod').waiting()).toHaveLength(1);
});

test('an abort that never had its step is not passed over', () => {
  const entries = [{ event: { type: 'step.succeeded', run: 'RUN-1', step: 'fence' } }] as never;

  expect(missedAbort('swap', entries)).toEqual(['the abort after swap']);
  expect(missedAbort('fence', entries)).toEqual([]);
  expect(missedAbort(undefined, entries)).toEqual([]);
});
