import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../../sandbox/client/statistics.ts';
import type { WriteBucket } from '../../../sandbox/control/wire.ts';
import { startMeasurements } from '../../../sandbox/measurements/index.ts';
import type { Measurements } from '../../../sandbox/measurements/measurements.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { type Bench, createBench, declared, eventually } from '../../store/support.ts';
import { createWorld, EAST, system } from '../kubernetes/world.ts';
import { PRIMARY, REPLICA, startChatbotDatabases } from '../postgres/world.ts';
import { timeline } from './outcomes.ts';

/** The client's part that is measured: what it has told so far, and telling more. */
class Client extends EventEmitter<{ outcomes: [Outcome[]] }> {
  readonly #told: Outcome[] = [];

  outcomes(): readonly Outcome[] {
    return this.#told;
  }

  tell(outcomes: Outcome[]): void {
    this.#told.push(...outcomes);
    this.emit('outcomes', outcomes);
  }
}

describe('the measurements of a world', () => {
  let servers: Awaited<ReturnType<typeof startChatbotDatabases>>;
  let bench: Bench;
  let world: World;
  let client: Client;
  let measurements: Measurements;
  /** Journals of other worlds are in the same store. */
  let systemName: string;
  let systems = 0;
  const start = () =>
    startMeasurements(world, {
      systemName,
      system,
      client: client as never,
      databases: servers.databases,
      store: bench.store,
    });

  beforeAll(async () => {
    [servers, bench] = await Promise.all([startChatbotDatabases(), createBench()]);
  });

  afterAll(async () => {
    await Promise.all([servers.databases.close(), bench.close()]);
    await servers.remove();
  });

  beforeEach(async () => {
    systems += 1;
    systemName = `system-${systems}`;
    world = createWorld({ speed: 1 });
    // What is told below has happened before now.
    world.state.startedAt -= 60_000;
    client = new Client();
    measurements = await start();
  });

  afterEach(() => measurements.close());

  const declare = (detectedAt: number) =>
    bench.store.journal.open(systemName, detectedAt, {
      events: [{ ...declared(systemName), detectedAt } as ReturnType<typeof declared>],
    });

  it('tell writes as they are answered', async () => {
    const told: WriteBucket[][] = [];
    measurements.on('writes', (buckets) => told.push(buckets));

    client.tell(timeline('++-', world.state.startedAt));

    await eventually('the writes are told', () => told.flat().some(({ failed }) => failed === 1));
    expect(measurements.client()).toMatchObject({ acknowledged: 2, failed: 1, lastFailure: 'timeout' });
    expect(measurements.writes().reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBe(2);
  });

  it('mark what happens in the world and in the journal', async () => {
    const { startedAt } = world.state;
    client.tell(timeline('+++------++++++', startedAt));
    world.switchFault({ name: 'region-down', target: EAST }, true);
    await declare(startedAt + 5000);
    world.switchFault({ name: 'region-down', target: EAST }, false);

    await eventually('all is marked', () => measurements.marks().length === 4);
    const kinds = measurements.marks().map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['detection', 'fault', 'mended', 'recovery']);
    expect(measurements.recovery()).toMatchObject({
      detectedAt: startedAt + 5000,
      recoveredAt: startedAt + 9100,
      downtimeSeconds: 4.1,
      rtoSeconds: 900,
      rowsLost: 0,
    });
  });

  it('are the same again after a restart', async () => {
    const { startedAt } = world.state;
    client.tell(timeline('+++------++++++', startedAt));
    world.switchFault({ name: 'region-down', target: EAST }, true);
    await declare(startedAt + 5000);
    await eventually('all is marked', () => measurements.marks().length === 3);
    const before = { marks: measurements.marks(), recovery: measurements.recovery(), client: measurements.client() };

    const again = await start();

    try {
      expect({ marks: again.marks(), recovery: again.recovery(), client: again.client() }).toEqual(before);
      expect(again.writes().slice(0, 2)).toEqual(measurements.writes().slice(0, 2));
    } finally {
      await again.close();
    }
  });

  it('ask what may be written to, without letting anybody wait', async () => {
    const atFirst = measurements.writable();

    await eventually('both are known', () => Object.keys(measurements.writable()).length === 2);
    const healthy = measurements.writable();
    world.switchFault({ name: 'region-down', target: EAST }, true);

    expect(atFirst).toEqual({});
    expect(healthy).toEqual({ [PRIMARY]: true, [REPLICA]: false });
    expect(measurements.writable()).toEqual({ [PRIMARY]: false, [REPLICA]: false });
  });

  it('see a primary that was fenced', async () => {
    const role = system.database.applicationUsers[0];
    await servers.databases.query(PRIMARY, `ALTER ROLE ${role} NOLOGIN`);
    try {
      await eventually('the fence is seen', () => measurements.writable()[PRIMARY] === false);
    } finally {
      await servers.databases.query(PRIMARY, `ALTER ROLE ${role} LOGIN`);
    }
    await eventually('it is open again', () => measurements.writable()[PRIMARY] === true);
  });

  // The last one: it ends replication.
  it('count as lost what the promoted database does not have', async () => {
    const { startedAt } = world.state;
    const { primary, replica } = system.database;
    await servers.databases.promote(REPLICA);
    await servers.databases.query(REPLICA, 'INSERT INTO messages (id) SELECT generate_series(1, 8)');
    client.tell(timeline(`${'+'.repeat(10)}----------`, startedAt));
    await declare(startedAt + 12_000);
    expect(measurements.rowsLost()).toBe(0);

    world.switchFault({ name: 'region-down', target: primary.region }, true);
    delete world.state.rds[replica.region]?.[replica.instance]?.replicaSource;

    await eventually('the loss is known', () => measurements.rowsLost() === 2);
    expect(measurements.client().lost).toBe(2);
    expect(measurements.recovery()).toMatchObject({ rowsLost: 2, lossSeconds: 1 });
    expect(measurements.writes().reduce((sum, { lost }) => sum + lost, 0)).toBe(2);
  });
});
