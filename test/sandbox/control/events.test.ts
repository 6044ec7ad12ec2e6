import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ResetFailure } from '../../../sandbox/control/wire.ts';
import { startWatcher, type Watcher } from './watcher.ts';
import { type Playground, startPlayground } from './world.ts';

const FAILURE: ResetFailure = {
  why: 'The new world could not be made. The simulated system did not become healthy within 60 s.',
  systems: [{ name: 'chatbot', title: 'AI Chatbot' }],
  system: 'chatbot',
  seed: 7,
};

let playground: Playground;
let watchers: Watcher[];

beforeEach(async () => {
  playground = await startPlayground();
  watchers = [];
});

afterEach(async () => {
  for (const watcher of watchers) watcher.close();
  await playground.close();
});

async function watch(): Promise<Watcher> {
  const watcher = await startWatcher(playground.control.url);
  watchers.push(watcher);
  return watcher;
}

describe('a call of the API', () => {
  /** The resources of the calls that this watcher has been told of, each as often as it was. */
  function callsOf({ events }: Watcher): string[] {
    const calls = events.flatMap((event) => {
      if (event.type === 'snapshot') return event.snapshot.calls;
      return event.type === 'calls' ? event.calls : [];
    });
    return calls.map(({ resource }) => resource);
  }

  function record(resource: string): void {
    const { world } = playground;
    const call = { service: 'rds', operation: 'DescribeDBInstances', resource, mutating: false, status: 200 } as const;
    world.recordCall(call, world.clock.now());
  }

  it('is told once to each, also to whoever connects just after it', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `call-${index}`);
    const first = await watch();
    const others: Watcher[] = [];

    for (const name of names) {
      record(name);
      others.push(await watch());
    }
    record('last');
    const all = [first, ...others];
    const isTold = (watcher: Watcher) => callsOf(watcher).includes('last');
    for (const watcher of all) while (!isTold(watcher)) await watcher.told(watcher.events.length + 1);

    for (const watcher of all) expect(callsOf(watcher)).toEqual([...names, 'last']);
  });
});

describe('a bot that does not run', () => {
  it('is told to everybody who watches, and to whoever comes before it is back', async () => {
    const first = await watch();

    playground.setBotOutage('it ended with SIGKILL');
    const late = await watch();
    playground.setBotOutage(undefined);
    await first.told(3);
    await late.told(2);

    expect(first.events[0]).not.toHaveProperty('snapshot.botOutage');
    expect(first.events.slice(1)).toEqual([{ type: 'bot', outage: 'it ended with SIGKILL' }, { type: 'bot' }]);
    expect(late.events).toEqual([
      { type: 'snapshot', snapshot: expect.objectContaining({ botOutage: 'it ended with SIGKILL' }) },
      { type: 'bot' },
    ]);
  });
});

describe('a reset that fails', () => {
  it('is told to everybody who watches, and to whoever comes then', async () => {
    const first = await watch();

    playground.stage.clear();
    playground.stage.fail(FAILURE);
    const told = await first.told(3);
    const late = await watch();

    expect(told.slice(1)).toEqual([{ type: 'resetting' }, { type: 'reset-failed', failure: FAILURE }]);
    expect(late.events).toEqual([{ type: 'reset-failed', failure: FAILURE }]);
  });

  it('is why nothing can be played, until another reset', async () => {
    const answerOf = async () => {
      const response = await fetch(`${playground.control.url}/state`);
      return { status: response.status, body: (await response.json()) as { error?: string } };
    };
    playground.stage.clear();
    const during = await answerOf();

    playground.stage.fail(FAILURE);
    const failed = await answerOf();
    playground.stage.ready();
    const again = await answerOf();

    expect(during.body.error).toBe('A new world is being made; try again in a few seconds.');
    expect(failed).toEqual({
      status: 400,
      body: { error: `${FAILURE.why} Reset, on the page, begins another.` },
    });
    expect(again.status).toBe(200);
  });

  it('is over for everybody with the next world', async () => {
    const watcher = await watch();

    playground.stage.clear();
    playground.stage.fail(FAILURE);
    playground.stage.clear();
    playground.stage.ready();

    expect((await watcher.told(5)).map(({ type }) => type)).toEqual([
      'snapshot',
      'resetting',
      'reset-failed',
      'resetting',
      'snapshot',
    ]);
  });
});
