import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lossSeconds } from '../../src/actions/postgres/predicted-loss.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { endpointOf, PRIMARY, REPLICA, samplePrimary, signInAsApplication, WEST } from '../support/databases.ts';
import { patient } from '../support/patient.ts';
import { memorySamples } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;
let act: ActionBench;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true });
  act = benchOf(bench, {}, { limit: 20_000 });
});
afterAll(() => bench.close());

const asApplication = (instance: string) => signInAsApplication(bench, instance);

/** Resolves when the replica has replayed what the primary has written by now. */
async function inStep(): Promise<void> {
  const { value } = await samplePrimary(bench);
  await act.run('postgres.catch-up', { position: Number(value.position) });
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
    const sample = await samplePrimary(bench);
    const old = { ...sample, at: sample.at - 3_600_000 };
    await inStep();

    const { measurements } = await act.look(
      'postgres.predicted-loss',
      {},
      { samples: memorySamples({ [`database/${PRIMARY}`]: [old] }) },
    );

    // Five world seconds, but never less than 250 ms of the machine's.
    expect(measurements).toMatchObject({ lossSeconds: 15, lastPrimarySampleAt: old.at, receivedSampleAt: old.at });
  });

  it('adds the interval at which the last sample was taken, however fast the world runs now', async () => {
    const sample = await samplePrimary(bench);
    await inStep();
    const slow = { ...sample, value: { ...sample.value, everySeconds: 5 } };
    const fast = { at: sample.at + 30_000, value: { ...sample.value, everySeconds: 20 } };

    const { measurements: lastAtSlow } = await act.look(
      'postgres.predicted-loss',
      {},
      { samples: memorySamples({ [`database/${PRIMARY}`]: [slow] }) },
    );
    const { measurements: lastAtFast } = await act.look(
      'postgres.predicted-loss',
      {},
      { samples: memorySamples({ [`database/${PRIMARY}`]: [slow, fast] }) },
    );

    expect(lastAtSlow).toMatchObject({ lossSeconds: 5 });
    expect(lastAtFast).toMatchObject({ lossSeconds: 20 });
  });

  it('counts from the newest sample that the replica has received', async () => {
    const received = await samplePrimary(bench);
    await inStep();
    const beyond = {
      at: received.at + 40_000,
      value: { ...received.value, position: Number(received.value.position) + 1e9 },
    };
    const samples = memorySamples({ [`database/${PRIMARY}`]: [received, beyond] });

    const { facts, measurements } = await act.look('postgres.predicted-loss', {}, { samples });

    expect(facts).toEqual({});
    expect(measurements).toMatchObject({ lossSeconds: 55, receivedSampleAt: received.at });
  });

  it('counts what users may have written after the primary was sampled for the last time', async () => {
    const sample = await samplePrimary(bench);
    await inStep();
    const served = { at: sample.at + 400_000, value: { healthy: true, since: sample.at, looks: 9, status: 200 } };
    const failing = {
      at: served.at + 30_000,
      value: { healthy: false, since: served.at + 15_000, looks: 2, status: 0 },
    };
    const samples = memorySamples({ [`database/${PRIMARY}`]: [sample], health: [served, failing] });

    const { measurements } = await act.look('postgres.predicted-loss', {}, { samples });

    expect(measurements).toMatchObject({ lossSeconds: 400 });
  });

  it('is unknown when users were served although the primary was fenced: they write to another database', async () => {
    const sample = await samplePrimary(bench);
    await inStep();
    const fenced = { ...sample, value: { ...sample.value, fenced: true } };
    const served = { at: sample.at + 60_000, value: { healthy: true, since: sample.at, looks: 9, status: 200 } };
    const samples = memorySamples({ [`database/${PRIMARY}`]: [fenced], health: [served] });

    const looking = act.look('postgres.predicted-loss', {}, { samples });

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'loss.another-primary' });
    await expect(looking).rejects.toThrow('split brain');
  });

  it('is unknown, in a sentence, when the primary was never sampled', async () => {
    const looking = act.look('postgres.predicted-loss', {});

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'loss.never-sampled' });
  });
});

// One story in four acts: each goes on where the one before it ended.
describe('a planned failover of the database', () => {
  let position = 0;

  it('fences the primary: sessions end, nobody signs in, and it says where the last write is', async () => {
    const application = await asApplication(PRIMARY);
    const ended = new Promise<void>((resolve) => application.once('end', () => resolve()));
    await application.query('INSERT INTO messages (id) VALUES (1)');
    const planned = await act.look('postgres.fence', {});
    const clock = patient(bench.world.clock);

    const { outputs, changes } = await act.run('postgres.fence', {}, { clock });
    const again = await act.run('postgres.fence', {}, { clock });

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
    const { outputs } = await act.run('postgres.catch-up', { position });

    // The history that every world begins with has ids up to 0.
    const written = 'SELECT id FROM messages WHERE id > 0';
    const rows = await bench.databases.query<{ id: string }>(REPLICA, written);
    expect(outputs).toMatchObject({ missingBytes: 0 });
    expect(rows.map(({ id }) => Number(id))).toEqual([1]);
  });

  it('promotes, and gives the application its sign-in back on the new primary', async () => {
    const promoted = await act.run('rds.promote-replica', { region: 'us-west-2', instance: REPLICA });
    await expect(asApplication(REPLICA)).rejects.toThrow(/not permitted to log in/);

    const { changes } = await act.run('postgres.unfence', promoted.outputs);
    const again = await act.run('postgres.unfence', promoted.outputs);

    const application = await asApplication(REPLICA);
    await application.query('INSERT INTO messages (id) VALUES (2)');
    await application.end();
    expect(changes).toHaveLength(1);
    expect(again.changes).toEqual([]);
    await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
  });

  it('does not take the fence away any more: there would be two primaries', async () => {
    const undoing = act
      .action('postgres.fence')
      .undo?.run(act.contextOf(), {}, { outputs: { fenced: true }, changes: [] });

    await expect(undoing).rejects.toMatchObject({ name: 'Permanent', code: 'unfence.two-primaries' });
    await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
  });

  it('takes away a fence that was set before a restore, whatever became of the replica', async () => {
    const { signal } = act.contextOf();
    const found = await bench.clients.aws.rds.instances.settings('us-east-1', PRIMARY, signal);
    const undoing = (resourceId = '') =>
      act
        .action('postgres.fence')
        .undo?.run(act.contextOf(), { replacing: true }, { outputs: { resourceId }, changes: [] });

    await expect(undoing('db-ANOTHER')).rejects.toMatchObject({ name: 'Permanent', code: 'unfence.replaced' });
    const undone = await undoing(found?.resourceId);

    expect(undone?.changes).toHaveLength(1);
    await (await asApplication(PRIMARY)).end();
    await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app NOLOGIN');
  });

  it('proves a write on the new primary, and leaves nothing of it', async () => {
    const endpoint = await endpointOf(bench, WEST);

    const { outputs } = await act.run('postgres.write-probe', endpoint);
    const again = await act.run('postgres.write-probe', endpoint);

    const rows = await bench.databases.query(REPLICA, 'SELECT * FROM lifeboat_probe');
    expect(outputs).toMatchObject({ writable: true });
    expect(again.outputs).toMatchObject({ writable: true });
    expect(rows).toEqual([]);
  });
});
