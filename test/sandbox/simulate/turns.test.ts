import { expect, test } from '@jest/globals';
import { createTurns } from '../../../sandbox/simulate/turns.ts';
import type { World } from '../../../sandbox/world/world.ts';
import type { RunState } from '../../../src/domain/run-state.ts';

function playedBy(switches: string[], clock: { now: number }): World {
  return {
    clock: { now: () => clock.now },
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
