import { samplingSeconds } from '../src/domain/sampling.ts';
import { STABLE } from './client/client.ts';
import type { Sandbox } from './sandbox.ts';

/** Machine milliseconds in which everything must be seen healthy before anything breaks. */
const LIMIT = 20_000;
const LOOK = 50;

/**
 * Waits until users write and the bot has sampled a healthy system: only then is there something to compare a disaster
 * with. Throws when that takes longer than 20 s of machine time, or the bot ends.
 */
export async function untilHealthy(sandbox: Sandbox): Promise<void> {
  const { client, store, system, systemName, world } = sandbox;
  const reader = store.samples.reader(systemName);
  const instances = [system.database.primary.instance, system.database.replica.instance];
  const deadline = Date.now() + LIMIT;
  const isSeen = async () => {
    const samples = await Promise.all(instances.map((name) => reader.newest(`database/${name}`)));
    const health = await reader.newest('health');
    return samples.every((sample) => sample !== undefined) && health?.value.healthy === true;
  };
  while (client.writingSince(STABLE) === undefined || !(await isSeen())) {
    sandbox.assertAlive();
    if (Date.now() > deadline) throw new Error('The simulated system did not become healthy within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  await world.clock.sleep(samplingSeconds(world.clock) * 1000);
}
