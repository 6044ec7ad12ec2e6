import { beforeEach, describe, expect, test } from '@jest/globals';
import { usePage } from '../../../sandbox/page/src/store.ts';
import { snapshotWith } from './snapshot.ts';

const nothing = { connection: 'connecting', failure: undefined, snapshot: undefined, clockReceivedAt: 0 } as const;

describe('the store', () => {
  beforeEach(() => usePage.setState(nothing));

  test('knows nothing before the first snapshot, whatever else arrives', () => {
    usePage.getState().receive([{ type: 'clock', clock: { now: 1, speed: 1 } }]);

    expect(usePage.getState().snapshot).toBeUndefined();
    expect(usePage.getState().connection).toBe('connecting');
  });

  test('applies the events of one frame in their order', () => {
    usePage.getState().receive([
      { type: 'clock', clock: { now: 1, speed: 1 } },
      { type: 'snapshot', snapshot: snapshotWith({ world: 7 }) },
      { type: 'clock', clock: { now: 2, speed: 60 } },
    ]);

    const { connection, snapshot, clockReceivedAt } = usePage.getState();
    expect(connection).toBe('open');
    expect(snapshot).toMatchObject({ world: 7, clock: { now: 2, speed: 60 } });
    expect(clockReceivedAt).toBeGreaterThan(0);
  });

  test('keeps what was seen while a new world is made and while the sandbox is away', () => {
    const { receive, setConnection } = usePage.getState();
    receive([{ type: 'snapshot', snapshot: snapshotWith({ world: 1 }) }]);

    receive([{ type: 'resetting' }]);
    const whileResetting = usePage.getState();
    setConnection('lost');
    const whileAway = usePage.getState();
    receive([{ type: 'snapshot', snapshot: snapshotWith({ world: 2 }) }]);

    expect(whileResetting).toMatchObject({ connection: 'resetting', snapshot: { world: 1 } });
    expect(whileAway).toMatchObject({ connection: 'lost', snapshot: { world: 1 } });
    expect(usePage.getState()).toMatchObject({ connection: 'open', snapshot: { world: 2 } });
  });

  test('knows why there is no world, until another is made', () => {
    const { receive } = usePage.getState();
    const failure = { why: 'It did not start.', systems: [], system: 'chatbot', seed: 1 };
    receive([{ type: 'snapshot', snapshot: snapshotWith({ world: 1 }) }, { type: 'resetting' }]);

    receive([{ type: 'reset-failed', failure }]);
    const failed = usePage.getState();
    receive([{ type: 'resetting' }]);
    const again = usePage.getState();

    expect(failed).toMatchObject({ connection: 'failed', failure, snapshot: { world: 1 } });
    expect(again).toMatchObject({ connection: 'resetting', failure: undefined });
  });

  test('does not take the time of its clock from an event without one', () => {
    usePage.getState().receive([{ type: 'snapshot', snapshot: snapshotWith() }]);
    usePage.setState({ clockReceivedAt: 5 });

    usePage.getState().receive([{ type: 'calls', calls: [] }]);

    expect(usePage.getState().clockReceivedAt).toBe(5);
  });
});
