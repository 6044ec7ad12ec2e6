import { EventEmitter } from 'node:events';
import { describeError } from '../src/domain/errors.ts';
import { BotNotStarted, type BotProcess } from './bot-process.ts';

/** Machine milliseconds before a bot that ended by itself is started again: at first, and at most after failures in a row. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** A bot that ran for so many machine milliseconds was well: its end is no failure in a row. */
const WELL_AFTER = 60_000;

export interface BotKeeperOptions {
  /** Starts a bot; gives up, with whatever it began, when the signal is aborted. */
  start(signal: AbortSignal): Promise<BotProcess>;
  /** Where the bot writes, for whoever has to find out why it ended. */
  logFile: string;
  /**
   * Told, in a sentence, what becomes of a bot that ended by itself; it is started again. Absent: such an end is told to
   * `fail` and nothing is started.
   */
  say?: ((sentence: string) => void) | undefined;
  fail(error: Error): void;
  /** The end is near: once it is aborted, no end of a bot counts and none is started any more. */
  ending?: AbortSignal | undefined;
}

/** What may be known of the bot by whoever only shows it; `outage` tells that `outage()` has changed. */
export interface BotOutage {
  /** Why no bot runs although one should, in words that follow "The bot is not running:"; undefined while one does. */
  outage(): string | undefined;
  on(event: 'outage', listener: () => void): unknown;
  off(event: 'outage', listener: () => void): unknown;
}

/**
 * Has one bot at a time. Every end that was not asked for here counts as its own, whatever its signal or status: whoever
 * ends it politely wants to see it come back, too.
 */
export class BotKeeper extends EventEmitter<{ outage: [] }> implements BotOutage {
  readonly #options: BotKeeperOptions;
  readonly #closed = new AbortController();
  /** Aborted with the end of the keeper, or before it. */
  readonly #ending: AbortSignal;
  /** Launches and restarts come one after another. */
  #busy: Promise<unknown> = Promise.resolve();
  #bot: BotProcess | undefined;
  readonly #asked = new WeakSet<BotProcess>();
  #outage: string | undefined;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: BotKeeperOptions) {
    super();
    this.#options = options;
    const { ending } = options;
    this.#ending = ending ? AbortSignal.any([ending, this.#closed.signal]) : this.#closed.signal;
  }

  /** The first bot. Throws when it does not start. */
  start(): Promise<BotProcess> {
    return this.#oneAfterAnother(() => this.#launch());
  }

  /** The newest bot that was started; it may have ended. */
  current(): BotProcess {
    if (!this.#bot) throw new Error('no bot was started yet');
    return this.#bot;
  }

  outage(): string | undefined {
    return this.#outage;
  }

  /** Ends the bot with this signal and starts it again. Throws when it does not start. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<BotProcess> {
    return this.#oneAfterAnother(async () => {
      this.#ending.throwIfAborted();
      clearTimeout(this.#pause);
      const old = this.current();
      this.#asked.add(old);
      old.kill(signal);
      await old.exited;
      try {
        return await this.#launch();
      } catch (error) {
        this.#onFailedStart(error);
        throw error;
      }
    });
  }

  /** Ends the bot, also one that is being started just now; none is started after it. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('The bot is not started any more: its sandbox ends.'));
    clearTimeout(this.#pause);
    await this.#busy;
    await this.#bot?.stop();
  }

  async #launch(): Promise<BotProcess> {
    this.#ending.throwIfAborted();
    const bot = await this.#options.start(this.#ending);
    this.#bot = bot;
    const startedAt = performance.now();
    void bot.exited.then(({ code, signal }) => {
      if (performance.now() - startedAt >= WELL_AFTER) this.#failures = 0;
      if (!this.#asked.has(bot)) this.#onEnd(signal ?? `status ${code}`);
    });
    this.#become(undefined);
    return bot;
  }

  #onEnd(how: string): void {
    if (this.#ending.aborted) return;
    const { say, fail, logFile } = this.#options;
    if (!say) {
      fail(new Error(`The bot ended with ${how}; its log is ${logFile}.`));
      return;
    }
    say(`The bot ended (${how}). It is started again; what it was doing goes on.`);
    this.#become(`it ended with ${how}`);
    this.#startSoon();
  }

  #onFailedStart(error: unknown): void {
    const { say, logFile } = this.#options;
    if (this.#ending.aborted || !say) return;
    const why = error instanceof BotNotStarted ? error.reason : describeError(error);
    const seconds = this.#startSoon() / 1000;
    say(`The bot did not start: ${why}; its log is ${logFile}. It is tried again in ${seconds} s.`);
    this.#become(`it did not start (${why}); its log is ${logFile}`);
  }

  /** Returns in how many machine milliseconds. */
  #startSoon(): number {
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE);
    this.#failures += 1;
    this.#pause = setTimeout(() => void this.#oneAfterAnother(() => this.#startAgain()), pause);
    return pause;
  }

  async #startAgain(): Promise<void> {
    // Somebody else may have restarted it meanwhile.
    if (this.#ending.aborted || this.#outage === undefined) return;
    try {
      const { pid } = await this.#launch();
      this.#options.say?.(`The bot is back (process ${pid}).`);
    } catch (error) {
      this.#onFailedStart(error);
    }
  }

  #become(outage: string | undefined): void {
    if (outage === this.#outage) return;
    this.#outage = outage;
    this.emit('outage');
  }

  #oneAfterAnother<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }
}
