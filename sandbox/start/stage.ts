import { EventEmitter } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { describeError, InvalidInput, Permanent } from '../../src/domain/errors.ts';
import type { Logger } from '../../src/log.ts';
import { BotNotStarted } from '../bot-process.ts';
import { parseFault, placesOfSystem } from '../control/faults.ts';
import type { Stage } from '../control/stage.ts';
import type { ResetFailure, ResetRequest } from '../control/wire.ts';
import { untilHealthy } from '../healthy.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { loadSavedWorld } from '../saved/saved-world.ts';

export interface StageOptions {
  catalogue: Catalogue;
  runbooksDirectory: string;
  /** Folder of the sandbox that is on stage; a reset empties it. */
  directory: string;
  logger: Logger;
  /** What somebody at the terminal should know, in a sentence or two. */
  say(sentence: string): void;
  /** Machine milliseconds in which a new world must be healthy; absent: what a busy machine needs. */
  healthyWithin?: number;
}

/** What a new world is made with. */
export interface Scene {
  systemName: string;
  seed: number;
  speed: number;
}

/** Has one sandbox at a time, whose bot is started again when it ends by itself, and makes a new world at each reset. */
export class SandboxStage extends EventEmitter<{ resetting: []; ready: []; failed: [] }> implements Stage {
  readonly systems: Stage['systems'];
  readonly #options: StageOptions;
  #sandbox: Sandbox | undefined;
  /** Runs, but may not be on stage yet. */
  #running: Sandbox | undefined;
  #scene: Scene;
  /** What is under way: a start, a reset or the end; they come one after another. */
  #busy: Promise<unknown> = Promise.resolve();
  #resetting = false;
  /** Why there is no world, after a reset that failed. */
  #failure: string | undefined;
  readonly #ending = new AbortController();

  constructor(options: StageOptions, scene: Scene) {
    super();
    this.#options = options;
    this.#scene = scene;
    this.systems = Object.entries(options.catalogue.systems).map(([name, { system }]) => ({
      name,
      title: system.title,
    }));
  }

  current(): Sandbox | undefined {
    return this.#sandbox;
  }

  failure(): ResetFailure | undefined {
    const { systemName, seed } = this.#scene;
    return this.#failure === undefined
      ? undefined
      : { why: this.#failure, systems: this.systems, system: systemName, seed };
  }

  /** When the world began: machine time, so it grows with every reset. */
  get world(): number {
    return this.#sandbox?.world.state.startedAt ?? 0;
  }

  /** Goes on with the world that is in the folder, or makes the first one; says which it was. */
  start({ anew, speed }: { anew: boolean; speed?: number }): Promise<'new' | 'continued'> {
    return this.#oneAfterAnother(async () => {
      this.#ending.signal.throwIfAborted();
      const { directory } = this.#options;
      const earlier = anew ? undefined : await loadSavedWorld(directory);
      if (!earlier) {
        await this.#make([]);
        return 'new';
      }
      if (speed !== undefined) earlier.saved.speed = speed;
      const { systemName, state } = earlier.saved;
      this.#scene = { systemName, seed: state.seed, speed: earlier.saved.speed };
      this.#sandbox = await this.#startSandbox(earlier);
      this.emit('ready');
      return 'continued';
    });
  }

  async reset({ system, seed, faults = [] }: ResetRequest): Promise<void> {
    if (this.#resetting) throw new InvalidInput('control.resetting', 'A new world is being made already.');
    const systemName = system ?? this.#scene.systemName;
    const entry = this.#options.catalogue.systems[systemName];
    if (!entry) {
      const names = this.systems.map(({ name }) => name).join(', ');
      throw new InvalidInput('system.unknown', `There is no system "${systemName}"; there are: ${names}.`);
    }
    const parsed = faults.map((fault) => parseFault(fault, placesOfSystem(entry.system)));
    // A new world is played at the speed of the old one; one that was paused would never become healthy.
    const speed = this.#sandbox?.world.clock.speed() || this.#scene.speed || 1;
    this.#resetting = true;
    try {
      await this.#oneAfterAnother(async () => {
        this.#ending.signal.throwIfAborted();
        this.#failure = undefined;
        this.emit('resetting');
        try {
          await this.#end();
          this.#scene = { systemName, seed: seed ?? this.#scene.seed, speed };
          await this.#make(parsed);
        } catch (error) {
          throw this.#ending.signal.aborted ? error : this.#fail(error);
        }
      });
    } finally {
      this.#resetting = false;
    }
  }

  /** Ends what is on stage; a start or reset that is under way is given up. The world stays in its folder. */
  close(): Promise<void> {
    this.#ending.abort(new InvalidInput('sandbox.ended', 'The sandbox was ended before its world was ready.'));
    return this.#oneAfterAnother(() => this.#end());
  }

  /** Says why there is no world now; returns it as what whoever asked for one is told. */
  #fail(cause: unknown): Permanent {
    const because =
      cause instanceof BotNotStarted
        ? `The bot did not start: ${cause.reason}; its log is ${cause.logFile}.`
        : `${describeError(cause).replace(/\.$/, '')}.`;
    this.#failure = `The new world could not be made. ${because}`;
    this.#options.say(`${this.#failure} Reset, on the page, begins another.`);
    this.emit('failed');
    return new Permanent('control.reset-failed', this.#failure, { cause });
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#sandbox = undefined;
    this.#running = undefined;
    await running?.close();
  }

  async #make(faults: ReturnType<typeof parseFault>[]): Promise<void> {
    await rm(this.#options.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    const sandbox = await this.#startSandbox(undefined);
    try {
      // What breaks before the bot has seen it whole could not be judged.
      const { healthyWithin } = this.#options;
      const signal = this.#ending.signal;
      await untilHealthy(sandbox, { signal, ...(healthyWithin !== undefined && { limit: healthyWithin }) });
    } catch (error) {
      await this.#end();
      throw error;
    }
    for (const fault of faults) sandbox.world.switchFault(fault, true);
    this.#sandbox = sandbox;
    this.emit('ready');
  }

  async #startSandbox(earlier: Awaited<ReturnType<typeof loadSavedWorld>>): Promise<Sandbox> {
    const { catalogue, runbooksDirectory, directory, logger, say } = this.#options;
    this.#running = await startSandbox({
      ...this.#scene,
      catalogue,
      runbooksDirectory,
      directory,
      logger,
      keep: true,
      ...(earlier && { earlier }),
      sayOfBot: say,
      ending: this.#ending.signal,
    });
    return this.#running;
  }

  #oneAfterAnother<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }
}
