import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { STABLE } from '../../sandbox/client/client.ts';
import { untilHealthy } from '../../sandbox/healthy.ts';
import { onEnd } from '../../sandbox/on-end.ts';
import { Parts } from '../../sandbox/parts.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { describeError } from '../../src/domain/errors.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { createLogger } from '../../src/log.ts';
import { Bots, environmentOf } from './bots.ts';
import { violationsOf } from './checks/check.ts';
import { CHECKS } from './checks/index.ts';
import { collectEvidence } from './evidence.ts';
import type { Job, JobResult, Struck } from './job.ts';
import { createPeople, haveGivenUp, type People } from './people.ts';
import { startRedis } from './redis.ts';
import { openStoreView, type StoreView } from './store-view.ts';
import { nameOf, Striker } from './striker.ts';

/** World milliseconds: what is healthy is watched this long before the region goes. */
const WARM_UP = 20_000;
/** Machine milliseconds. */
const LOOK = 100;
/** A recovery in which nothing happens for so long, and which nothing strikes, stands still. */
const STANDS_STILL = 60_000;
/** What is to be true at the end may come this much later: a message that Slack refused waits half a minute. */
const SETTLES_WITHIN = 50_000;
const SETTLE_LOOK = 500;

/** Plays one recovery in `directory` (made and removed; kept when something was violated) and judges it. */
export async function recover(job: Job, directory: string): Promise<JobResult> {
  const began = performance.now();
  const parts = new Parts();
  const found: Pick<JobResult, 'violations' | 'notes'> & { struck: readonly Struck[] } = {
    violations: [],
    notes: [],
    struck: [],
  };
  let isUnplayed = true;
  const starting = start(job, directory, parts);
  onEnd(async () => {
    await starting.catch(() => undefined);
    await parts.close();
    await rm(directory, { recursive: true, force: true });
  });
  try {
    const started = await starting;
    isUnplayed = false;
    Object.assign(found, await play(started));
    await started.bots.end();
    const { leases } = await started.store.rows();
    for (const { name, live } of leases) {
      if (live) found.violations.push(`The lease ${name} is held by a process that has ended in peace.`);
    }
  } catch (error) {
    found.violations.push(`The recovery could not be played: ${describeError(error)}`);
  } finally {
    await parts
      .close()
      .catch((error: unknown) => found.violations.push(`The world did not end: ${describeError(error)}`));
  }
  found.violations.push(...(await leftProcesses(directory)));
  if (found.violations.length === 0) await rm(directory, { recursive: true, force: true });
  return {
    job,
    isUnplayed,
    struck: [...found.struck],
    violations: found.violations,
    notes: found.notes,
    seconds: Math.round((performance.now() - began) / 100) / 10,
    ...(found.violations.length > 0 && { folder: directory }),
  };
}

interface Started {
  sandbox: Sandbox;
  store: StoreView;
  bots: Bots;
  striker: Striker;
  people: People;
}

async function start(job: Job, directory: string, parts: Parts): Promise<Started> {
  const runbooksDirectory = join(import.meta.dirname, '../../runbooks');
  const catalogue = await loadCatalogue(runbooksDirectory);
  const [mistake] = catalogue.problems;
  if (mistake) throw new Error(`${mistake.file}:${mistake.line}:${mistake.column} ${mistake.message}`);
  const redis =
    job.queue === 'redis' ? await parts.keep(startRedis(join(directory, 'redis')), (part) => part.close()) : undefined;
  const sandbox = await parts.keep(
    startSandbox({
      ...{ catalogue, runbooksDirectory, directory },
      systemName: 'chatbot',
      seed: job.seed,
      speed: job.speed,
      logger: createLogger('silent'),
      environment: { ...environmentOf('A'), ...(redis && { REDIS_URL: redis.url }) },
    }),
    (part) => part.close(),
  );
  const store = openStoreView(sandbox.storeUrl);
  parts.onClose(() => store.close());
  await store.noteAppends();
  const bots = new Bots(sandbox);
  parts.onClose(() => bots.kill());
  await bots.start();
  await untilHealthy(sandbox);
  const striker = new Striker({ ...{ sandbox, store, bots, redis, job } });
  return { sandbox, store, bots, striker, people: createPeople(sandbox) };
}

/** Breaks the region, lets people and faults do what they do, and judges what came of it. */
async function play(started: Started) {
  const { sandbox, striker, people } = started;
  const { world } = sandbox;
  await world.clock.sleep(WARM_UP);
  world.switchFault({ name: 'region-down', target: sandbox.system.regions.primary }, true);
  await striker.start();
  const incident = await untilEnded(started);
  const last = incident === undefined ? undefined : await sandbox.store.journal.state(incident).catch(() => undefined);
  await striker.end(last?.sequence ?? 0);
  const violations = await judge(started, incident);
  const entries = incident === undefined ? [] : await sandbox.store.journal.read(incident).catch(() => []);
  const struck = striker.struck().map((strike) => {
    const event = entries.find(({ sequence }) => sequence === strike.sequence)?.event;
    return { ...strike, event: event ? nameOf(event) : '' };
  });
  return { struck, violations, notes: [...people.repeated()] };
}

/** Follows the incident until its run has ended, stands still, or waits for help that nobody gives here. */
async function untilEnded({ sandbox, striker, people }: Started): Promise<string | undefined> {
  const { journal } = sandbox.store;
  let incident: string | undefined;
  let seen = -1;
  let movedAt = Date.now();
  for (;;) {
    try {
      incident ??= await journal.newestIncident(sandbox.systemName);
      const state = incident ? await journal.state(incident) : undefined;
      people.look(state);
      if (isOver(state)) return incident;
      const sequence = state?.sequence ?? 0;
      if (sequence !== seen || striker.isStriking()) movedAt = Date.now();
      seen = sequence;
    } catch {
      // The store is away: there is nothing to be seen, and nothing stands still.
      if (striker.isStriking()) movedAt = Date.now();
    }
    if (Date.now() - movedAt > STANDS_STILL) return incident;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Nothing more happens without help: the run has ended or asks for somebody, or people have given up asking for a plan. */
function isOver(state: IncidentState | undefined): boolean {
  if (!state) return false;
  const { run } = state;
  return run ? run.status === 'finished' || run.status === 'paused' : haveGivenUp(state);
}

/** Judges until nothing is wrong any more, or what is wrong has had its time to become right. */
async function judge(started: Started, incident: string | undefined): Promise<string[]> {
  const { sandbox, striker, people } = started;
  const deadline = Date.now() + SETTLES_WITHIN;
  for (;;) {
    let violations: string[];
    try {
      const usersWrite = sandbox.client.writingSince(STABLE) !== undefined;
      const heard = { incident, usersWrite, broken: people.broken(), faultFailures: striker.failures() };
      const evidence = await collectEvidence({ ...started, ...heard });
      violations = violationsOf(CHECKS, evidence);
    } catch (error) {
      violations = [`What came of it cannot be read: ${describeError(error)}`];
    }
    if (violations.length === 0 || Date.now() > deadline) return violations;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK));
  }
}

/** Processes that still name the folder on their command line. Where there is no /proc nobody can tell. */
async function leftProcesses(directory: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')]),
  );
  return lines.flatMap(([pid = '', line = '']) =>
    Number(pid) !== process.pid && line.includes(directory)
      ? [`Process ${pid} is left behind: ${line.replaceAll('\0', ' ').trim().slice(0, 120)}`]
      : [],
  );
}
