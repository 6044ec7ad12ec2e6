import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import { Retryable } from '../../src/domain/errors.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { patient } from '../support/patient.ts';
import { memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const PRIMARY = 'chatbot-prod';
const REPLICA = 'chatbot-prod-replica-west';
const fault = { name: 'region-down', target: 'us-east-1' } as const;
const westDown = { name: 'region-down', target: 'us-west-2' } as const;
const fencedSentence =
  'chatbot-prod in us-east-1 answers again and is fenced: the application cannot sign in and has no session.';

/** Machine milliseconds that a look may take which is to be answered. */
const LONG = 5_000;

let bench: TestWorld;
let act: ActionBench;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 10, withDatabases: true, observationTimeoutMs: LONG });
  act = benchOf(bench, {}, { limit: 90_000 });
});
afterAll(() => bench.close());

/** Where the observer has last seen the primary: at the address of this instance. */
const lastSeen = (instance: string) =>
  memorySamples({
    [`database/${PRIMARY}`]: [{ at: 0, value: { endpoint: addressOf(instance), port: portOf(instance) } }],
  });
const lookAgain = (run: TestRun = {}, given: JsonObject = {}, outputs?: JsonObject) => {
  const clock = patient(bench.world.clock, LONG);
  return act.watch('postgres.fence', given, { samples: lastSeen(PRIMARY), clock, ...run }, outputs);
};
const portOf = (instance: string) => bench.databases.endpoints[instance]?.port ?? 0;
const addressOf = (instance: string) =>
  Object.values(bench.world.state.rds)
    .map((byName) => byName[instance]?.address)
    .find((address) => address !== undefined) ?? '';
const maySignIn = async () =>
  (
    await bench.databases.query<{ rolcanlogin: boolean }>(
      PRIMARY,
      "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'chatbot_app'",
    )
  )[0]?.rolcanlogin;
const allowSignIn = (allowed: boolean) =>
  bench.databases.query(PRIMARY, `ALTER ROLE chatbot_app ${allowed ? 'LOGIN' : 'NOLOGIN'}`);

/** As RDS shows the replica before and after its promotion; the servers need not follow. */
function describeReplica(promoted: boolean): void {
  const instance = bench.world.state.rds['us-west-2']?.[REPLICA];
  if (!instance) throw new Error('there is no replica');
  if (promoted) delete instance.replicaSource;
  else instance.replicaSource = 'arn:aws:rds:us-east-1:123456789012:db:chatbot-prod';
}

describe('the watch of an old primary', () => {
  beforeEach(async () => {
    describeReplica(true);
    await allowSignIn(true);
  });

  it('tells nothing while the region hangs, and may be looked at again', async () => {
    bench.world.switchFault(fault, true);
    try {
      await expect(lookAgain({ clock: bench.world.clock })).rejects.toMatchObject({ name: 'Retryable' });
    } finally {
      bench.world.switchFault(fault, false);
    }
  });

  it('leaves it alone when the promotion has never begun, or came to nothing', async () => {
    describeReplica(false);

    expect(await lookAgain()).toBeUndefined();
    expect(await maySignIn()).toBe(true);
  });

  it('leaves it alone when nobody knows whether it was promoted, and says that it answers', async () => {
    bench.world.switchFault(westDown, true);
    try {
      await expect(lookAgain()).rejects.toMatchObject({ name: 'Permanent', code: 'fence.not-proven' });
      expect(await maySignIn()).toBe(true);
    } finally {
      bench.world.switchFault(westDown, false);
    }
  });

  it('fences it, and finds it fenced ever after', async () => {
    let assertions = 0;

    const first = await lookAgain({ onLease: () => void assertions++ });
    const again = await lookAgain();

    expect(first).toEqual({ kind: 'acted', sentence: fencedSentence, changes: [expect.anything()] });
    expect(again).toEqual({ kind: 'acted', sentence: fencedSentence, changes: [] });
    expect(assertions).toBeGreaterThan(0);
    expect(await maySignIn()).toBe(false);
  });

  it('fences nothing once another process has its lease', async () => {
    const onLease = () => {
      throw new Error('lease lost');
    };

    await expect(lookAgain({ onLease })).rejects.toThrow('lease lost');

    expect(await maySignIn()).toBe(true);
  });

  it("tells nothing when it is Lifeboat's own database that does not answer", async () => {
    const onLease = () => {
      throw new Retryable('store.unavailable', 'The database does not answer.');
    };

    await expect(lookAgain({ onLease })).rejects.toMatchObject({ name: 'Retryable', code: 'store.unavailable' });

    expect(await maySignIn()).toBe(true);
  });

  it('ends when it was rebuilt as a replica', async () => {
    const found = await lookAgain({ samples: lastSeen(REPLICA) });

    expect(found).toEqual({
      kind: 'cleared',
      sentence: 'chatbot-prod in us-east-1 is a read replica now and accepts no writes.',
    });
  });
});

describe('the watch of a database that a restored one replaces', () => {
  const OLD = 'db-OLD';
  const input = { replacing: true };
  const east = () => {
    const found = bench.world.state.rds['us-east-1'];
    if (!found?.[PRIMARY]) throw new Error('there is no primary');
    return found as typeof found & { [PRIMARY]: NonNullable<(typeof found)[string]> };
  };
  const look = () => lookAgain({}, input, { resourceId: OLD });
  /** As RDS shows it after the old one was renamed, and then the restored one; the server of both is the same here. */
  function rename(restored: string): void {
    const instances = east();
    const old = instances[PRIMARY];
    const { address } = old;
    instances['chatbot-prod-replaced'] = {
      ...old,
      identifier: 'chatbot-prod-replaced',
      address: `replaced.${address}`,
    };
    instances[restored] = { ...old, identifier: restored, resourceId: 'db-RESTORED' };
    if (restored !== PRIMARY) delete (instances as Record<string, unknown>)[PRIMARY];
  }
  let before: string;

  beforeEach(async () => {
    east()[PRIMARY].resourceId = OLD;
    before = JSON.stringify(bench.world.state.rds['us-east-1']);
    describeReplica(false);
    await allowSignIn(true);
  });
  afterEach(() => {
    bench.world.state.rds['us-east-1'] = JSON.parse(before);
  });

  it('leaves it alone as long as the services are led to it', async () => {
    expect(await look()).toBeUndefined();
    expect(await maySignIn()).toBe(true);
  });

  it('fences it by its id once its name belongs to the restored one', async () => {
    rename(PRIMARY);

    const found = await look();

    expect(found?.sentence).toMatch(/^chatbot-prod-replaced in us-east-1 answers again and is fenced/);
    expect(await maySignIn()).toBe(false);
  });

  it('fences it when it has its dated name and none has its own yet', async () => {
    rename('chatbot-prod-restored');

    expect(await look()).toMatchObject({ kind: 'acted' });
  });

  it('fences it when the secret leads to another host', async () => {
    east()[PRIMARY].address = `left.${east()[PRIMARY].address}`;

    expect(await look()).toMatchObject({ kind: 'acted' });
  });

  it('never touches the restored one, and ends when the old one is deleted', async () => {
    rename(PRIMARY);
    delete (east() as Record<string, unknown>)['chatbot-prod-replaced'];

    expect(await look()).toMatchObject({ kind: 'cleared' });
    expect(await maySignIn()).toBe(true);
  });
});

describe('the watch of an unprotected primary', () => {
  const input = { region: 'us-west-2', instance: REPLICA };
  const instance = () => {
    const found = bench.world.state.rds['us-west-2']?.[REPLICA];
    if (!found) throw new Error('there is no instance');
    return found;
  };
  const look = () => act.watch('rds.promote-replica', input);

  beforeEach(() => {
    describeReplica(true);
    instance().replicas = [];
    instance().multiAz = false;
  });

  it('goes on while it has no standby', async () => {
    expect(await look()).toBeUndefined();
  });

  it('ends with a standby in another zone', async () => {
    instance().multiAz = true;

    expect(await look()).toEqual({
      kind: 'cleared',
      sentence: 'chatbot-prod-replica-west in us-west-2 has a standby in another zone again.',
    });
  });

  it.each([
    ['arn:aws:rds:us-east-1:123456789012:db:chatbot-prod', 'available', true],
    ['arn:aws:rds:us-east-1:123456789012:db:chatbot-prod', 'creating', false],
    ['chatbot-prod-gone', 'available', false],
  ])('with the replica %s, %s: %s', async (name, status, protectedAgain) => {
    instance().replicas = [name];
    const primary = bench.world.state.rds['us-east-1']?.[PRIMARY];
    if (primary) primary.status = status;
    try {
      const found = await look();

      expect(found?.kind).toBe(protectedAgain ? 'cleared' : undefined);
    } finally {
      if (primary) primary.status = 'available';
    }
  });
});
