import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ProductClient, startClient } from '../../../sandbox/client/client.ts';
import type { Outcome } from '../../../sandbox/client/statistics.ts';
import type { WorldState } from '../../../sandbox/world/state.ts';
import { startTestEdge } from '../edge/edge-world.ts';
import { EAST, system, WEST } from '../kubernetes/world.ts';

const SPEED = 60;
/** World seconds per second where a figure of the world is read. */
const SLOW = 10;
/** Machine milliseconds that nothing here takes. */
const PATIENT = 20_000;

const numbersInOrder = (outcomes: readonly Outcome[]) => outcomes.map(({ number }) => number).sort((a, b) => a - b);

/**
 * Gives the west as many pods as the east has, which know the replica there: few pods answer slowly, and what they knew
 * is gone. Both names lead to the one database of this test.
 */
function takeOver({ kubernetes, rds }: WorldState): void {
  const { region, instance } = system.database.replica;
  const host = rds[region]?.[instance]?.address ?? '';
  const pods = structuredClone(kubernetes[EAST]?.pods ?? {});
  for (const { environment } of Object.values(pods)) environment[system.kubernetes.secret.hostKey] = host;
  Object.assign(kubernetes[WEST] ?? {}, { pods });
}

describe('the client of the product', () => {
  let edge: Awaited<ReturnType<typeof startTestEdge>>;
  let client: ProductClient;
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => client.once('outcomes', resolve));
  };

  beforeEach(async () => {
    edge = await startTestEdge({ speed: SPEED, databaseTimeout: PATIENT });
  });

  /** `timeout`: machine milliseconds after which a write is given up. */
  async function startWriting(timeout: number): Promise<void> {
    const { authority, resolver, world } = edge;
    client = await startClient({
      url: `https://${system.dns.record}/messages`,
      proxyUrl: edge.edge.proxyUrl,
      certificate: authority.certificate,
      resolver,
      clock: world.clock,
      interval: 40,
      timeout,
    });
    await until(() => client.writingSince() !== undefined);
  }

  afterEach(async () => {
    await client.close();
    await edge.close();
  });

  it('has in the database what was acknowledged to it', async () => {
    await startWriting(PATIENT);

    const { rows } = await edge.sql.query<{ id: string }>('SELECT id FROM messages ORDER BY id');
    const numbers = rows.map(({ id }) => Number(id));
    expect(client.acknowledgedNumbers()).not.toEqual([]);
    expect(numbers).toEqual(expect.arrayContaining(client.acknowledgedNumbers()));
  });

  it('sees an outage begin with the region, and end when DNS and load balancer lead elsewhere', async () => {
    const { world } = edge;
    await startWriting(2000);
    const downAt = world.clock.now();
    world.switchFault({ name: 'region-down', target: EAST }, true);
    await until(() => client.outages().length > 0);
    const west = world.state.elbv2[WEST];
    const record = world.state.route53.zones[system.dns.hostedZone]?.records.find(
      ({ name, setIdentifier }) => name === `${system.dns.record}.` && setIdentifier === 'primary',
    );
    if (!west || !record) throw new Error('the world is incomplete');
    const service = Object.values(west.targetGroups).find(({ kind }) => kind === 'service')?.arn ?? '';
    west.weights = { [service]: 1 };
    record.values = [west.host];
    takeOver(world.state);
    world.setSpeed(SLOW);
    const movedAt = world.clock.now();

    await until(() => (client.writingSince() ?? 0) > movedAt);

    const back = client.writingSince() ?? 0;
    const reasons = client.outcomes().flatMap(({ reason }) => reason ?? []);
    const downtime = client.downtime(downAt, world.clock.now());
    expect(new Set(reasons)).toEqual(new Set(['timeout']));
    // The name is kept for the TTL of 60 world seconds, no longer; the rest is the machine's.
    expect(back - movedAt).toBeLessThan(60_000 + 10_000 * SLOW);
    expect(downtime).toBeGreaterThan((movedAt - downAt) * 0.5);
    expect(downtime).toBeLessThanOrEqual(back - downAt);
    expect(client.firstAcknowledgedAfter(movedAt)).toBe(back);
  });

  it('writes nothing while the world is paused, loses nothing of what was under way, and goes on after it', async () => {
    const { world } = edge;
    await startWriting(PATIENT);

    world.setSpeed(0);
    // What was written until the client heard of it is answered and told within a few of its own intervals.
    const { settled, written } = await countsOnceTheyStandStill();
    const pausedAt = world.clock.now();
    world.setSpeed(SPEED);
    const wanted = Array.from({ length: settled + 10 }, (_, index) => index + 1);
    await until(() => {
      const answered = new Set(client.outcomes().map(({ number }) => number));
      return wanted.every((number) => answered.has(number));
    });

    // Several writes are under way at a time, and may be answered in another order than they were sent in.
    const outcomes = client.outcomes();
    expect(written).toEqual(wanted.slice(0, settled));
    expect(numbersInOrder(outcomes.slice(0, settled))).toEqual(wanted.slice(0, settled));
    expect(new Set(outcomes.map(({ number }) => number)).size).toBe(outcomes.length);
    expect(outcomes.every(({ acknowledged }) => acknowledged)).toBe(true);
    // World time stood still: no write says that it was sent or answered in the pause, and none runs backwards.
    const late = outcomes.slice(settled).map(({ sentAt }) => sentAt);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(pausedAt);
    expect(outcomes.every(({ sentAt, at }) => at >= sentAt)).toBe(true);

    /** Number of outcomes and what the rows hold, once thirty reports' time has brought no new one of either. */
    async function countsOnceTheyStandStill(): Promise<{ settled: number; written: number[] }> {
      let quiet = 0;
      for (let before = ''; ; ) {
        const { rows } = await edge.sql.query<{ id: string }>('SELECT id FROM messages ORDER BY id');
        const settled = client.outcomes().length;
        const written = rows.map(({ id }) => Number(id));
        const now = `${settled} ${written.join()}`;
        quiet = now === before ? quiet + 1 : 0;
        if (quiet === 3) return { settled, written };
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  });

  it('tells time as the world does, whatever its speed becomes', async () => {
    const { world } = edge;
    await startWriting(PATIENT);

    for (const speed of [10, 60, 1]) {
      world.setSpeed(speed);
      const since = client.outcomes().length;
      await until(() => client.outcomes().length >= since + 8);
    }

    // It hears of changes late, and where that has put it ahead it waits for the world. A clock that went its own way
    // would never come back to the world's.
    await until(() => Math.abs(world.clock.now() - (client.outcomes().at(-1)?.at ?? 0)) < 1000);
  });

  it('tells why a write failed', async () => {
    await startWriting(PATIENT);
    await edge.sql.query('ALTER TABLE messages RENAME TO elsewhere');
    await until(() => client.outcomes().some(({ reason }) => reason === '503'));
    edge.world.switchFault({ name: 'region-refuse', target: EAST }, true);

    await until(() => client.outcomes().some(({ reason }) => reason === 'ECONNRESET'));

    expect(client.writingSince()).toBeUndefined();
  });
});
