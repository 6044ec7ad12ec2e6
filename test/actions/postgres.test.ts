import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { lossSeconds } from '../../src/actions/postgres/predicted-loss.ts';
import type { Action, Sample } from '../../src/domain/action.ts';
import { Retryable } from '../../src/domain/errors.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext, memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const PRIMARY = 'chatbot-prod';
const REPLICA = 'chatbot-prod-replica-west';

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true, observationTimeoutMs: 1000 });
  actions = permittedActions(bench);
});
afterAll(() => bench.close());

const action = (id: string): Action => {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
};
const contextOf = (run: TestRun = {}) =>
  createRunContext({ system: bench.system, clock: bench.world.clock, signal: AbortSignal.timeout(20_000), ...run });
const look = async (id: string, given: Record<string, unknown>, run: TestRun = {}) =>
  action(id).observe(contextOf(run), action(id).input.parse(given));

async function run(id: string, given: Record<string, unknown> = {}, options: TestRun = {}) {
  const result = await action(id).run(contextOf(options), action(id).input.parse(given));
  expect(action(id).output.safeParse(result.outputs).error).toBeUndefined();
  return result as Omit<typeof result, 'outputs'> & { outputs: Record<string, unknown> };
}

/** Where an instance listens, as RDS describes it. */
async function endpointOf(region: string, instance: string) {
  const { endpoint, port } = await bench.clients.aws.rds.describe(region, instance, AbortSignal.timeout(5000));
  return { endpoint, port };
}

async function asApplication(instance: string): Promise<pg.Client> {
  const port = bench.databases.endpoints[instance]?.port;
  if (port === undefined) throw new Error(`no ${instance}`);
  const password = bench.world.state.kubernetes['us-east-1']?.secrets['db-credentials']?.data.password;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'chatbot_app', password, database: 'chatbot' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A sample of the primary, as the observer would have recorded it now. */
async function sampleOf(instance: string): Promise<Sample> {
  const region = instance === PRIMARY ? 'us-east-1' : 'us-west-2';
  const [row] = await bench.databases.query<{ position: string }>(
    instance,
    "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::text AS position",
  );
  const value = { ...(await endpointOf(region, instance)), position: Number(row?.position) };
  return { at: bench.world.clock.now(), value };
}

async function endSessionsOfLifeboat(): Promise<void> {
  await bench.databases.query(
    PRIMARY,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lifeboat'",
  );
}

/** Resolves when the replica has replayed what the primary has written by now. */
async function inStep(): Promise<void> {
  const { value } = await sampleOf(PRIMARY);
  await run('postgres.catch-up', { position: value.position });
}

describe('postgres.predicted-loss', () => {
  it.each([
    { last: 60_000, received: 60_000, interval: 5, loss: 5 },
    { last: 60_000, received: 20_000, interval: 5, loss: 45 },
    { last: 60_000, received: 59_940, interval: 15, loss: 15.1 },
  ])('is $loss s when the last sample is of $last and the newest received one of $received', (given) => {
    expect(lossSeconds(given.last, given.received, given.interval)).toBe(given.loss);
  });

  it('is one sampling interval when the replica has received everything, however long ago that was', async () => {
    const sample = await sampleOf(PRIMARY);
    const old = { ...sample, at: sample.at - 3_600_000 };
    await inStep();

    const { measurements } = await look(
      'postgres.predicted-loss',
      {},
      { samples: memorySamples({ [`database/${PRIMARY}`]: [old] }) },
    );

    // Five world seconds, but never less than 250 ms of the machine's.
    expect(measurements).toMatchObject({ lossSeconds: 15, lastPrimarySampleAt: old.at, receivedSampleAt: old.at });
  });

  it('adds the interval at which the last sample was taken, however fast the world runs now', async () => {
    const sample = await sampleOf(PRIMARY);
    await inStep();
    const slow = { ...sample, value: { ...sample.value, everySeconds: 5 } };
    const fast = { at: sample.at + 30_000, value: { ...sample.value, everySeconds: 20 } };

    const { measurements: lastAtSlow } = await look(
      'postgres.predicted-loss',
      {},
      { samples: memorySamples({ [`database/${PRIMARY}`]: [slow] }) },
    );
    const { measurements: lastAtFast } = await look(
      'postgres.predicted-loss',
      {},
      { samples: memorySamples({ [`database/${PRIMARY}`]: [slow, fast] }) },
    );

    expect(lastAtSlow).toMatchObject({ lossSeconds: 5 });
    expect(lastAtFast).toMatchObject({ lossSeconds: 20 });
  });

  it('counts from the newest sample that the replica has received', async () => {
    const received = await sampleOf(PRIMARY);
    await inStep();
    const beyond = {
      at: received.at + 40_000,
      value: { ...received.value, position: Number(received.value.position) + 1e9 },
    };
    const samples = memorySamples({ [`database/${PRIMARY}`]: [received, beyond] });

    const { facts, measurements } = await look('postgres.predicted-loss', {}, { samples });

    expect(facts).toEqual({});
    expect(measurements).toMatchObject({ lossSeconds: 55, receivedSampleAt: received.at });
  });

  it('counts what users may have written after the primary was sampled for the last time', async () => {
    const sample = await sampleOf(PRIMARY);
    await inStep();
    const served = { at: sample.at + 400_000, value: { healthy: true, since: sample.at, looks: 9, status: 200 } };
    const failing = {
      at: served.at + 30_000,
      value: { healthy: false, since: served.at + 15_000, looks: 2, status: 0 },
    };
    const samples = memorySamples({ [`database/${PRIMARY}`]: [sample], health: [served, failing] });

    const { measurements } = await look('postgres.predicted-loss', {}, { samples });

    expect(measurements).toMatchObject({ lossSeconds: 400 });
  });

  it('is unknown when users were served although the primary was fenced: they write to another database', async () => {
    const sample = await sampleOf(PRIMARY);
    await inStep();
    const fenced = { ...sample, value: { ...sample.value, fenced: true } };
    const served = { at: sample.at + 60_000, value: { healthy: true, since: sample.at, looks: 9, status: 200 } };
    const samples = memorySamples({ [`database/${PRIMARY}`]: [fenced], health: [served] });

    const looking = look('postgres.predicted-loss', {}, { samples });

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'loss.another-primary' });
    await expect(looking).rejects.toThrow('split brain');
  });

  it('is unknown, in a sentence, when the primary was never sampled', async () => {
    const looking = look('postgres.predicted-loss', {});

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'loss.never-sampled' });
  });
});

describe('a primary that cannot be reached', () => {
  const subject = 'chatbot-prod in us-east-1';
  const fault = { name: 'region-down', target: 'us-east-1' } as const;

  it('is shown in the plan as something to sign for', () => {
    const { signatures } = action('postgres.fence').change(undefined, {}, contextOf());

    expect(signatures).toEqual([expect.objectContaining({ kind: 'unfenced', subject })]);
  });

  it('stays unfenced when that was signed, soon, and is refused when not', async () => {
    const samples = memorySamples({ [`database/${PRIMARY}`]: [await sampleOf(PRIMARY)] });
    bench.world.switchFault(fault, true);
    try {
      const startedAt = performance.now();

      const signed = await run('postgres.fence', {}, { samples, signed: [`unfenced:${subject}`] });
      const elapsed = performance.now() - startedAt;
      const unsigned = run('postgres.fence', {}, { samples });

      expect(signed.outputs).toMatchObject({ fenced: false, position: 0 });
      expect(signed.exceptions).toEqual(['unfenced']);
      // Not after the step's own time.
      expect(elapsed).toBeLessThan(15_000);
      await expect(unsigned).rejects.toMatchObject({ name: 'Permanent', code: 'fence.unreachable' });
    } finally {
      bench.world.switchFault(fault, false);
    }
  });

  it('is unreachable to the plan within the observation deadline', async () => {
    bench.world.switchFault(fault, true);
    try {
      const looking = look('postgres.fence', {}, { signal: AbortSignal.timeout(500) });

      await expect(looking).rejects.toMatchObject({ name: 'Retryable', code: 'rds.timeout' });
    } finally {
      bench.world.switchFault(fault, false);
    }
  });
});

describe('a fence that does not get to its end', () => {
  const subject = 'chatbot-prod in us-east-1';
  const signed = [`unfenced:${subject}`];

  it.each([
    { approval: 'signed for it', options: { signed } },
    { approval: 'did not sign for it', options: {} },
  ])(
    "takes a failure of Lifeboat's own database for no sign of the primary, when the approval $approval",
    async ({ options }) => {
      const storeIsAway = () => {
        throw new Retryable('store.unavailable', 'The database does not answer.');
      };

      const fencing = run('postgres.fence', {}, { ...options, onLease: storeIsAway });

      await expect(fencing).rejects.toMatchObject({ name: 'Retryable', code: 'store.unavailable' });
      await (await asApplication(PRIMARY)).end();
    },
  );

  it('is not taken away before RDS has had a minute to show a promotion that was begun', async () => {
    await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app NOLOGIN');
    const context = contextOf();
    const began = bench.world.clock.now();
    const done = { outputs: { fenced: true }, changes: [], unsettledSince: began };

    const undone = await action('postgres.fence').undo?.run(context, {}, done);

    expect(undone?.changes).toHaveLength(1);
    expect(bench.world.clock.now() - began).toBeGreaterThanOrEqual(60_000);
    expect(context.sentences.join(' ')).toMatch(
      /a promotion was begun, and RDS may not show it before \d\d:\d\d:\d\d UTC/,
    );
    await (await asApplication(PRIMARY)).end();
  });

  it('stays when a promotion that was begun comes through within that minute', async () => {
    await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app NOLOGIN');
    const replica = bench.world.state.rds['us-west-2']?.[REPLICA];
    const source = replica?.replicaSource;
    if (!replica || source === undefined) throw new Error('there is no replica');
    const context = contextOf();
    // As RDS shows it once it begins to show it; the server need not follow.
    const late: typeof context = {
      ...context,
      progress(sentence) {
        context.progress(sentence);
        delete replica.replicaSource;
      },
    };
    const done = { outputs: { fenced: true }, changes: [], unsettledSince: bench.world.clock.now() };
    try {
      const undoing = action('postgres.fence').undo?.run(late, {}, done);

      await expect(undoing).rejects.toMatchObject({ code: 'unfence.two-primaries' });
      await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
    } finally {
      replica.replicaSource = source;
      await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app LOGIN');
    }
  });

  it('tells what it may have changed when the primary is lost before the proof', async () => {
    const context = contextOf({ signed });
    let assertions = 0;
    // The first assertion stands before NOLOGIN, the second before the sessions are ended.
    const cutShort: typeof context = {
      ...context,
      async assertLease() {
        await context.assertLease();
        assertions += 1;
        if (assertions === 2) await endSessionsOfLifeboat();
      },
    };
    try {
      const { outputs, changes, exceptions } = await action('postgres.fence').run(cutShort, {});

      expect(outputs).toMatchObject({ fenced: false, sentence: expect.stringContaining('may be fenced') });
      expect(exceptions).toEqual(['unfenced']);
      expect(changes).toMatchObject([{ what: `Sign-in of chatbot_app on ${subject}`, before: 'allowed' }]);
    } finally {
      await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app LOGIN');
    }
  });
});

// One story in four acts: each goes on where the one before it ended.
describe('a planned failover of the database', () => {
  let position = 0;

  it('fences the primary: sessions end, nobody signs in, and it says where the last write is', async () => {
    const application = await asApplication(PRIMARY);
    const ended = new Promise<void>((resolve) => application.once('end', () => resolve()));
    await application.query('INSERT INTO messages (id) VALUES (1)');
    const planned = await look('postgres.fence', {});

    const { outputs, changes } = await run('postgres.fence');
    const again = await run('postgres.fence');

    await ended;
    position = Number(outputs.position);
    expect(planned.facts).toEqual({});
    expect(planned.measurements).toMatchObject({ role: 'primary', maySignIn: ['chatbot_app'] });
    expect(outputs).toMatchObject({ fenced: true });
    expect(position).toBeGreaterThan(0);
    expect(changes).toHaveLength(1);
    expect(again).toMatchObject({ outputs: { fenced: true }, changes: [] });
    await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
  });

  it('waits until the replica has every write', async () => {
    const { outputs } = await run('postgres.catch-up', { position });

    // The history that every world begins with has ids up to 0.
    const written = 'SELECT id FROM messages WHERE id > 0';
    const rows = await bench.databases.query<{ id: string }>(REPLICA, written);
    expect(outputs).toMatchObject({ missingBytes: 0 });
    expect(rows.map(({ id }) => Number(id))).toEqual([1]);
  });

  it('promotes, and gives the application its sign-in back on the new primary', async () => {
    const promoted = await run('rds.promote-replica', { region: 'us-west-2', instance: REPLICA });
    await expect(asApplication(REPLICA)).rejects.toThrow(/not permitted to log in/);

    const { changes } = await run('postgres.unfence', promoted.outputs);
    const again = await run('postgres.unfence', promoted.outputs);

    const application = await asApplication(REPLICA);
    await application.query('INSERT INTO messages (id) VALUES (2)');
    await application.end();
    expect(changes).toHaveLength(1);
    expect(again.changes).toEqual([]);
    await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
  });

  it('does not take the fence away any more: there would be two primaries', async () => {
    const undoing = action('postgres.fence').undo?.run(contextOf(), {}, { outputs: { fenced: true }, changes: [] });

    await expect(undoing).rejects.toMatchObject({ name: 'Permanent', code: 'unfence.two-primaries' });
    await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
  });

  it('takes away a fence that was set before a restore, whatever became of the replica', async () => {
    const { signal } = contextOf();
    const found = await bench.clients.aws.rds.instances.settings('us-east-1', PRIMARY, signal);
    const undoing = (resourceId = '') =>
      action('postgres.fence').undo?.run(contextOf(), { replacing: true }, { outputs: { resourceId }, changes: [] });

    await expect(undoing('db-ANOTHER')).rejects.toMatchObject({ name: 'Permanent', code: 'unfence.replaced' });
    const undone = await undoing(found?.resourceId);

    expect(undone?.changes).toHaveLength(1);
    await (await asApplication(PRIMARY)).end();
    await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app NOLOGIN');
  });

  it('proves a write on the new primary, and leaves nothing of it', async () => {
    const endpoint = await endpointOf('us-west-2', REPLICA);

    const { outputs } = await run('postgres.write-probe', endpoint);
    const again = await run('postgres.write-probe', endpoint);

    const rows = await bench.databases.query(REPLICA, 'SELECT * FROM lifeboat_probe');
    expect(outputs).toMatchObject({ writable: true });
    expect(again.outputs).toMatchObject({ writable: true });
    expect(rows).toEqual([]);
  });
});
