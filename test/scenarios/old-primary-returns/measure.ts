import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';
import { returnOf } from './returning.ts';

/**
 * Measures how long an old primary that comes back stays writable: `node test/scenarios/old-primary-returns/measure.ts
 * [returns] [speed]`. After each return it is made writable again by hand, and the region goes away for so long that
 * looks hang, each time at another moment between two of them.
 */
const [returns = 10, speed = 10] = process.argv.slice(2).map(Number);
/** World milliseconds that the region is away between two returns. */
const AWAY = 20_000;
const STEP = 370;

await inSandbox({ seed: 11 }, async (sandbox) => {
  const { databases, system, world } = sandbox;
  await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
  sandbox.setSpeed(speed);
  const seconds: number[] = [];
  for (let turn = 0; turn < returns; turn++) {
    await world.clock.sleep(AWAY + turn * STEP);
    const { returnedAt, fencedAt } = await returnOf(sandbox);
    seconds.push((fencedAt - returnedAt) / 1000);
    world.switchFault(REGION_DOWN, true);
    for (const role of system.database.applicationUsers) {
      await databases.query(system.database.primary.instance, `ALTER ROLE "${role}" LOGIN`);
    }
  }
  const sorted = seconds.toSorted((a, b) => a - b);
  const figures = { speed, returns, median: sorted[Math.floor(returns / 2)], max: sorted.at(-1), seconds };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
});
process.exit(0);
