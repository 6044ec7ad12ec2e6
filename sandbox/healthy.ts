import { samplingSeconds } from '../src/domain/sampling.ts';
import { STABLE } from './client/client.ts';
import type { Sandbox } from './sandbox.ts';

/** Machine milliseconds in which everything must be seen healthy before anything breaks; a busy machine needs many. */
const LIMIT = 60_000;
const LOOK = 50;

/**
 * Waits until users write and the bot has sampled a healthy system: only then is there something to compare a disaster
 * with. Throws when that takes longer than `limit` (machine milliseconds; a minute), when the sandbox has failed, and
 * with the reason of `signal`.
 */
export async function untilHealthy(
  sandbox: Sandbox,
  { limit = LIMIT, signal }: { limit?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const { client, store, system, systemName, world } = sandbox;
  const reader = store.samples.reader(systemName);
  const instances = [system.database.primary.instance, system.database.replica.instance];
  const deadline = Date.now() + limit;
  const isSeen = async () => {
    const samples = await Promise.all(instances.map((name) => reader.newest(`database/${name}`)));
    const health = await reader.newest('health');
    return samples.every((sample) => sample !== undefined) && health?.value.healthy === true;
  };
  while (client.writingSince(STABLE) === undefined || !(await isSeen())) {
    signal?.throwIfAborted();
    sandbox.assertAlive();
    if (Date.now() > deadline) throw new Error(`The simulated system did not become healthy within ${limit / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  await world.clock.sleep(samplingSeconds(world.clock) * 1000, signal);
}
