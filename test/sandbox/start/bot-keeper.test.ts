import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BotKeeper } from '../../../sandbox/bot-keeper.ts';
import { BotNotStarted, type BotProcess } from '../../../sandbox/bot-process.ts';

/** A process that exists on paper; it ends when it is told to. */
interface PaperBot extends BotProcess {
  end(how: Awaited<BotProcess['exited']>): void;
  isRunning(): boolean;
}

/** A start that the test lets succeed or fail. */
interface Launch {
  signal: AbortSignal;
  succeed(): Promise<PaperBot>;
  fail(reason: string): Promise<void>;
}

const ENDED = { code: null, signal: 'SIGKILL' } as const;

let launches: Launch[];
let said: string[];
let failures: Error[];
let ending: AbortController;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  launches = [];
  said = [];
  failures = [];
  ending = new AbortController();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Everything that follows from what has happened has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function createBot(pid: number): PaperBot {
  const { promise: exited, resolve } = Promise.withResolvers<Awaited<BotProcess['exited']>>();
  let runs = true;
  const end: PaperBot['end'] = (how) => {
    runs = false;
    resolve(how);
  };
  return {
    pid,
    url: '',
    exited,
    kill: (signal) => end(signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal }),
    stop: async () => end({ code: 0, signal: null }),
    end,
    isRunning: () => runs,
  };
}

function createKeeper({ isKept = true } = {}): BotKeeper {
  return new BotKeeper({
    start(signal) {
      const { promise, resolve, reject } = Promise.withResolvers<BotProcess>();
      launches.push({
        signal,
        async succeed() {
          const bot = createBot(launches.length);
          resolve(bot);
          await settled();
          return bot;
        },
        async fail(reason) {
          reject(new BotNotStarted(reason, 'bot.log', []));
          await settled();
        },
      });
      return promise;
    },
    logFile: 'bot.log',
    say: isKept ? (sentence) => said.push(sentence) : undefined,
    fail: (error) => failures.push(error),
    ending: ending.signal,
  });
}

/** The newest start, which somebody waits for. */
async function launch(): Promise<Launch> {
  await settled();
  const newest = launches.at(-1);
  if (!newest) throw new Error('nobody starts a bot');
  return newest;
}

async function started(keeper: BotKeeper): Promise<PaperBot> {
  const starting = keeper.start();
  const bot = await (await launch()).succeed();
  await starting;
  return bot;
}

describe('the keeper of the bot', () => {
  it.each([
    ['killed', ENDED, 'SIGKILL'],
    ['ended politely', { code: 0, signal: null }, 'status 0'],
    ['left alone and failed', { code: 1, signal: null }, 'status 1'],
  ])('starts again a bot that was %s', async (_how, end, words) => {
    const keeper = createKeeper();
    const first = await started(keeper);

    first.end(end);
    await settled();
    const meanwhile = keeper.outage();
    await jest.advanceTimersByTimeAsync(1000);
    const second = await (await launch()).succeed();

    expect(meanwhile).toBe(`it ended with ${words}`);
    expect(keeper.current()).toBe(second);
    expect(keeper.outage()).toBeUndefined();
    expect(said).toEqual([
      `The bot ended (${words}). It is started again; what it was doing goes on.`,
      'The bot is back (process 2).',
    ]);
    expect(failures).toEqual([]);
  });

  it('tries again with a pause that grows to half a minute, and says why there is no bot', async () => {
    const keeper = createKeeper();
    const first = await started(keeper);
    const outages: (string | undefined)[] = [];
    keeper.on('outage', () => outages.push(keeper.outage()));

    first.end(ENDED);
    await settled();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const before = launches.length;
      const from = Date.now();
      while (launches.length === before) await jest.advanceTimersByTimeAsync(500);
      pauses.push(Date.now() - from);
      await (await launch()).fail('it ended with status 2');
    }
    await jest.advanceTimersByTimeAsync(30_000);
    await (await launch()).succeed();

    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(outages).toEqual([
      'it ended with SIGKILL',
      'it did not start (it ended with status 2); its log is bot.log',
      undefined,
    ]);
    expect(said[1]).toBe(
      'The bot did not start: it ended with status 2; its log is bot.log. It is tried again in 2 s.',
    );
  });

  it('does not count an end that it was asked for', async () => {
    const keeper = createKeeper();
    await started(keeper);

    const restarting = keeper.restart('SIGTERM');
    const second = await (await launch()).succeed();

    expect(await restarting).toBe(second);
    expect(said).toEqual([]);
    expect(keeper.outage()).toBeUndefined();
  });

  it('leaves no bot behind when it is closed while one is being started', async () => {
    const keeper = createKeeper();
    const first = await started(keeper);
    first.end(ENDED);
    await settled();
    await jest.advanceTimersByTimeAsync(1000);
    const under = await launch();

    const closing = keeper.close();
    const given = under.signal.aborted;
    const late = await under.succeed();
    await closing;

    expect(given).toBe(true);
    expect(launches).toHaveLength(2);
    expect(late.isRunning()).toBe(false);
  });

  it('starts none after it is closed, and none once the end is near', async () => {
    const [closed, near] = [createKeeper(), createKeeper()];
    const first = await started(closed);
    const second = await started(near);
    first.end(ENDED);
    await settled();

    await closed.close();
    const refusal = await closed.restart('SIGKILL').catch((error: Error) => error.message);
    ending.abort();
    second.end(ENDED);
    await settled();
    await jest.advanceTimersByTimeAsync(120_000);

    expect(launches).toHaveLength(2);
    expect(refusal).toBe('The bot is not started any more: its sandbox ends.');
    expect(near.outage()).toBeUndefined();
    expect(said).toHaveLength(1);
  });

  it('takes an end for a failure where nobody wants it started again', async () => {
    const keeper = createKeeper({ isKept: false });
    const bot = await started(keeper);

    bot.end({ code: 0, signal: null });
    await settled();
    await jest.advanceTimersByTimeAsync(120_000);

    expect(failures.map(({ message }) => message)).toEqual(['The bot ended with status 0; its log is bot.log.']);
    expect(launches).toHaveLength(1);
  });
});
