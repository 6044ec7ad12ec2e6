import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { plannedStep } from '../test/support/incident.ts';
import type { Figure } from './figure.ts';
import { execute, storeDatabase } from './support/database.ts';
import { createEngine, HOLD } from './support/engine.ts';
import { percentile } from './support/statistics.ts';

const WORKER = fileURLToPath(new URL('takeover-worker.ts', import.meta.url));
/** Machine milliseconds: kills fall anywhere between two renewals of the lease. */
const ANYWHERE = 2000;
const LOOK = 20;
const LONGEST = 60_000;
const GOAL = 5000;

/** One kill: until the step was begun again, and what was left of the dead worker's lease. Machine milliseconds. */
interface Takeover {
  after: number;
  lease: number;
}

/** How long a run stands still whose worker was killed with `kill -9` while another worker is there. */
export const takeover: Figure = async ({ quick }) => {
  const cells = quick ? 2 : 5;
  const kills = quick ? 1 : 5;
  const all = (await Promise.all(Array.from({ length: cells }, () => killAgainAndAgain(kills)))).flat();
  const after = all.map((one) => one.after);
  const lease = all.map((one) => one.lease);
  const row = (name: string, share: number) => ({
    what: `takeover after kill -9 of the worker, ${name} of ${all.length}`,
    measured: `${(percentile(after, share) / 1000).toFixed(2)} s`,
    against: `what was left of its lease ${(percentile(lease, share) / 1000).toFixed(2)} s`,
    ratio: percentile(after, share) / percentile(lease, share),
  });
  return [row('p50', 0.5), { ...row('max', 1), goal: '≤ 5 s', isMet: percentile(after, 1) <= GOAL }];
};

/** One run and two workers on a database of their own; the one that drives it is killed, and another one started. */
async function killAgainAndAgain(kills: number): Promise<Takeover[]> {
  const connectionString = await storeDatabase();
  const engine = await createEngine(connectionString);
  const incident = await engine.begin([plannedStep('hold', { uses: HOLD.id, timeoutSeconds: 3600 })]);
  const workers = new Map<string, ChildProcess>();
  let started = 0;
  const start = async () => {
    const holder = `worker-${++started}`;
    const worker = fork(WORKER, [connectionString, holder]);
    workers.set(holder, worker);
    await once(worker, 'message');
  };
  /** When an attempt began, by the database's clock, which is this machine's: epoch milliseconds. */
  const begun = async (attempt: number): Promise<number> => {
    for (const end = Date.now() + LONGEST; Date.now() < end; await sleep(LOOK)) {
      const [row] = await execute<{ at: number }>(
        connectionString,
        `select extract(epoch from recorded_at)::float8 * 1000 as at from lifeboat.journal
          where incident = $1 and type = 'step.started' and (body::json->>'attempt')::int = $2`,
        [incident, attempt],
      );
      if (row) return row.at;
    }
    throw new Error(`Nobody took up ${incident} within ${LONGEST / 1000} s.`);
  };
  try {
    await Promise.all([start(), start()]);
    const takeovers: Takeover[] = [];
    for (let attempt = 1; attempt <= kills; attempt++) {
      await begun(attempt);
      await sleep(Math.random() * ANYWHERE);
      const [lease] = await execute<{ holder: string; left: number }>(
        connectionString,
        `select holder, extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as left
           from lifeboat.leases where name = $1`,
        [`${incident}.r1`],
      );
      if (!lease) throw new Error(`Nobody holds ${incident}.`);
      const killedAt = Date.now();
      workers.get(lease.holder)?.kill('SIGKILL');
      workers.delete(lease.holder);
      takeovers.push({ after: (await begun(attempt + 1)) - killedAt, lease: lease.left });
      await start();
    }
    return takeovers;
  } finally {
    for (const worker of workers.values()) worker.kill('SIGKILL');
    await engine.close();
  }
}
