import { EventEmitter } from 'node:events';
import type { System } from '../../src/domain/system.ts';
import type { Store } from '../../src/engine/ports.ts';
import type { ProductClient } from '../client/client.ts';
import type { Outcome } from '../client/statistics.ts';
import type { Mark, RecoveryPicture } from '../control/wire.ts';
import type { Databases } from '../postgres/databases.ts';
import type { World } from '../world/world.ts';
import { decisionsOf } from './decisions.ts';
import { Incidents } from './incidents.ts';
import { LostRows } from './lost-rows.ts';
import { marksOf } from './marks.ts';
import type { Measurements } from './measurements.ts';
import { recoveryOf } from './recovery.ts';
import { servingInstance } from './serving.ts';
import { TrafficWatch } from './traffic.ts';
import { Writability } from './writability.ts';
import { WriteBuckets } from './write-buckets.ts';
import { WriteLog } from './write-log.ts';

/** Machine milliseconds between two looks at the world; what the client reports is counted at once. */
const LOOK = 250;
/** Every so many looks the database that serves is asked for rows. */
const ASK_EVERY = 4;

export interface MeasurementParts {
  systemName: string;
  system: System;
  /** All that the world serves, by name; absent: the one. */
  systems?: ReadonlyMap<string, System>;
  client: Pick<ProductClient, 'outcomes' | 'on' | 'off'>;
  databases: Pick<Databases, 'query'>;
  store: Pick<Store, 'journal'>;
}

/**
 * Begins to measure a world. Its first values are those of what has already happened in it: everything is made from the
 * state of the world, the client's outcomes and the bot's journal. Throws what the store throws.
 */
export async function startMeasurements(world: World, parts: MeasurementParts): Promise<Measurements> {
  const { systemName, system, client, databases, store } = parts;
  const systems = parts.systems ?? new Map([[systemName, system]]);
  const { state, clock } = world;
  const buckets = new WriteBuckets(state.startedAt);
  const log = new WriteLog();
  const lostRows = new LostRows(databases);
  const traffic = new TrafficWatch(state, system, clock.now());
  const incidents = new Incidents(store.journal, [...systems.keys()]);
  const writability = new Writability(world, system, databases);
  const events = new EventEmitter() as Measurements;
  let marks: Mark[] = [];
  let looks = 0;

  const count = (outcomes: readonly Outcome[]) => {
    buckets.add(outcomes);
    log.add(outcomes);
  };
  count(client.outcomes());
  client.on('outcomes', count);
  await incidents.start();
  await askForRows().catch(() => undefined);
  look();
  buckets.takeChanged();

  let asking: Promise<void> | undefined;
  const timer = setInterval(() => {
    look();
    asking ??= ask().finally(() => {
      asking = undefined;
    });
  }, LOOK);
  timer.unref();

  /** What the world and the client tell without being asked. */
  function look(): void {
    const now = clock.now();
    traffic.look(now);
    buckets.extendTo(now);
    const changed = buckets.takeChanged();
    if (changed.length > 0) events.emit('writes', changed);
    const newMarks = marksOf({ state, incidents: incidents.list(), breaks: log.breaks(), now });
    if (JSON.stringify(newMarks) === JSON.stringify(marks)) return;
    marks = newMarks;
    events.emit('marks', marks);
  }

  /** What has to be asked for; it may take its time, and what fails (a server restarts) is asked again. */
  async function ask(): Promise<void> {
    looks += 1;
    await incidents.refresh().catch(() => undefined);
    if (looks % ASK_EVERY === 0) await askForRows().catch(() => undefined);
  }

  async function askForRows(): Promise<void> {
    await lostRows.look(servingInstance(state, system, clock.now()), client.outcomes());
    buckets.setLost(lostRows.list().map(({ sentAt }) => sentAt));
  }

  function recovery(): RecoveryPicture | undefined {
    // One that only looked has no clock of its own, and takes none away.
    const [incident, before] = incidents
      .list()
      .filter(({ quiet }) => !quiet)
      .reverse();
    if (!incident) return undefined;
    const now = clock.now();
    const clockOfIt = recoveryOf(incident, systems.get(incident.system) ?? system, {
      breaks: log.breaks(),
      downtime: (since, until) => log.downtime(since, until),
      lost: lostRows.instance() === undefined ? undefined : lostRows.list(),
      before: before?.resolvedAt,
      now,
    });
    return { ...clockOfIt, ...decisionsOf(incident, now) };
  }

  return Object.assign(events, {
    writes: () => buckets.list(),
    marks: () => marks,
    recovery,
    client: () => log.picture(lostRows.list().length),
    rowsLost: () => lostRows.list().length,
    writable: () => writability.now(),
    async close() {
      clearInterval(timer);
      client.off('outcomes', count);
      await asking;
      await writability.idle();
      await incidents.close();
    },
  });
}
