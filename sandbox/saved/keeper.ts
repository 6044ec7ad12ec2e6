import type { ProductClient } from '../client/client.ts';
import type { Outcome } from '../client/statistics.ts';
import type { Slack } from '../slack/server.ts';
import type { Call } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { callLines, type SavedWorld, writeLines, writeSavedWorld } from './saved-world.ts';

/** Machine milliseconds from a change to its file: what a kill may lose is no more than that. */
const SOON = 200;
/** And at the latest so often, while only the clock and the counts of calls move. */
const LATEST = 5000;

export interface Keeper {
  /** Writes what is not written yet. After it the sandbox may end. */
  close(): Promise<void>;
}

export interface Kept {
  world: World;
  slack: Pick<Slack, 'workspace'>;
  client: Pick<ProductClient, 'on' | 'off'>;
  /** What does not change while it runs. */
  rest: Omit<SavedWorld, 'version' | 'now' | 'speed' | 'state'>;
  /** World seconds per second with which it is to go on. */
  speed(): number;
  onFailure(error: unknown): void;
}

/** Keeps the files of a running sandbox in `directory` up to date. */
export function keepSaved(directory: string, { world, slack, client, rest, speed, onFailure }: Kept): Keeper {
  const calls = callLines(directory);
  const writes = writeLines(directory);
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  /** Waits for the one that is being written; what changes until it begins is in it. */
  let next: Promise<void> | undefined;

  const write = () => {
    next = undefined;
    // Time and state of the same moment: none of the state may be ahead of the time with which the world goes on.
    const saved: SavedWorld = {
      ...rest,
      version: 1,
      now: world.clock.now(),
      speed: speed(),
      state: world.state,
    };
    return writeSavedWorld(directory, saved);
  };
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    next ??= writing.then(write).catch(onFailure);
    writing = next;
    return next;
  };
  const soon = () => {
    timer ??= setTimeout(() => void save(), SOON);
  };
  const onCall = (call: Call) => {
    calls.append([call]);
    if (call.mutating) soon();
  };
  const onOutcomes = (outcomes: Outcome[]) => writes.append(outcomes);

  world.on('call', onCall);
  for (const event of ['changed', 'fault', 'transition', 'speed'] as const) world.on(event, soon);
  slack.workspace.on('change', soon);
  client.on('outcomes', onOutcomes);
  const regular = setInterval(() => void save(), LATEST);
  regular.unref();
  soon();

  return {
    async close() {
      clearInterval(regular);
      world.off('call', onCall);
      for (const event of ['changed', 'fault', 'transition', 'speed'] as const) world.off(event, soon);
      slack.workspace.off('change', soon);
      client.off('outcomes', onOutcomes);
      await save();
      await Promise.all([calls.close(), writes.close()]);
    },
  };
}
