import { observationTimeout, patienceOf } from '../adapters/deadline.ts';
import type { Clients } from '../adapters/index.ts';
import { clusterOf } from '../adapters/of-system.ts';
import type { JsonObject } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { HEALTH, SHORTEST_INTERVAL_MS, samplingSeconds } from '../domain/sampling.ts';
import type { System } from '../domain/system.ts';
import type { Journal, Samples } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import { createDatabaseSampler } from './database.ts';
import { checkHealth, continueStreak } from './health.ts';
import { createUsersReport } from './users.ts';
import { startWatch, type Watch } from './watch.ts';

export { detectedAt } from './health.ts';

/** World seconds between two looks at what changes rarely and is wanted only as a last-known value. */
const SLOW_SECONDS = 30;
/** World milliseconds after which a user gives the health URL up; never below the machine's. */
const PATIENCE = 10_000;
const SHORTEST_PATIENCE_MS = 400;

export interface ObserverParts {
  /** By name. */
  systems: Record<string, System>;
  clients: Clients;
  samples: Samples;
  /** Where the open incident of a system is told whether users are served. */
  journal: Pick<Journal, 'newestIncident' | 'decide'>;
  clock: Clock;
  logger: Logger;
  /** World seconds between two samples of databases and health. */
  intervalSeconds?: number;
}

/**
 * Samples every system while it is healthy, so that there is a last-known value when it is not: `database/<instance>`
 * (role, endpoint, write position), `health` (and since when), `dns`, `load-balancer/<region>`, `replicas/<region>`.
 * Each is looked at by itself: a region that hangs delays no other. What `health` says of users is told to the system's
 * open incident once it is sure.
 */
export async function startObserver(parts: ObserverParts): Promise<{ close(): Promise<void> }> {
  const closers: (() => Promise<void>)[] = [];
  for (const [name, system] of Object.entries(parts.systems)) {
    const watched = watchesOf(parts, name, system);
    const stops = watched.watches.map((watch) => startWatch(watch, parts));
    closers.push(async () => {
      await Promise.all(stops.map((stop) => stop()));
      await watched.close();
    });
  }
  return {
    async close() {
      await Promise.all(closers.map((close) => close()));
    },
  };
}

function watchesOf(parts: ObserverParts, name: string, system: System): { watches: Watch[]; close(): Promise<void> } {
  const { clients, samples, clock } = parts;
  const everySeconds = () => samplingSeconds(clock, parts.intervalSeconds);
  const fast = () => everySeconds() * 1000;
  const slow = () => Math.max(SLOW_SECONDS * 1000, 4 * SHORTEST_INTERVAL_MS * clock.speed());
  const deadlineMs = () => observationTimeout(clock);
  const watch = (subject: string, interval: Watch['interval'], look: Watch['look']): Watch => {
    return { system: name, subject, interval, deadlineMs, look };
  };
  const lastKnown = (subject: string, read: (signal: AbortSignal) => Promise<JsonObject>) =>
    watch(subject, slow, async (signal) => {
      const at = clock.now();
      const value = await read(signal);
      if (!signal.aborted) await samples.record(name, subject, at, value);
    });

  const { primary, replica } = system.database;
  const databases = [primary, replica].map((where) => ({
    subject: `database/${where.instance}`,
    sampler: createDatabaseSampler(clients, clock, system, where),
  }));
  const watches = [
    ...databases.map(({ subject, sampler }) =>
      watch(subject, fast, async (signal) => {
        // As it is before the look: from then on the next one is awaited.
        const seconds = everySeconds();
        const { at, value, position } = await sampler.sample(signal);
        await samples.record(name, subject, at, { ...value, everySeconds: seconds }, position);
      }),
    ),
    watchHealth(parts, name, system, fast),
    lastKnown('dns', async (signal) => {
      const { record, resolvers } = system.dns;
      const answers = await Promise.all(
        resolvers.map(
          async (resolver): Promise<[string, string[]]> => [
            resolver.name,
            await clients.dns.ask(resolver, { name: record }, signal),
          ],
        ),
      );
      return { name: record, answers: Object.fromEntries(answers) };
    }),
    ...Object.entries(system.loadBalancers).map(([region, { listener, active, standby }]) =>
      lastKnown(`load-balancer/${region}`, async (signal) => {
        const weights = await clients.aws.loadBalancing.weights(region, listener, signal);
        return { active: weights[active] ?? 0, standby: weights[standby] ?? 0 };
      }),
    ),
    ...Object.keys(system.kubernetes.contexts).map((region) =>
      lastKnown(`replicas/${region}`, async (signal) => {
        const cluster = clusterOf(clients, system, region);
        const workloads = await Promise.all(
          system.kubernetes.deployments.map((deployment) => cluster.workload(deployment, signal)),
        );
        return Object.fromEntries(workloads.map((workload) => [workload.name, workload.replicas]));
      }),
    ),
  ];
  return {
    watches,
    async close() {
      for (const { sampler } of databases) sampler.close();
    },
  };
}

function watchHealth(parts: ObserverParts, name: string, system: System, interval: Watch['interval']): Watch {
  const { clients, samples, journal, clock } = parts;
  const report = createUsersReport(journal, clock, name);
  const reader = samples.reader(name);
  const patience = () => Math.min(observationTimeout(clock), patienceOf(clock, PATIENCE, SHORTEST_PATIENCE_MS));
  return {
    system: name,
    subject: HEALTH,
    interval,
    // The check ends by itself within its patience; the rest is for the samples' own database.
    deadlineMs: () => 2 * observationTimeout(clock),
    async look(signal) {
      const at = clock.now();
      const previous = await reader.newest(HEALTH);
      const checked = await checkHealth(clients.http, system.endpoints.health, patience(), signal);
      const seen = continueStreak(previous, checked, at);
      await samples.record(name, HEALTH, at, seen);
      await report(seen);
    },
  };
}
