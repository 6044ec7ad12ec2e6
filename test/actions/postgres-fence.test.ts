import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Retryable } from '../../src/domain/errors.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { EAST, endpointOf, PRIMARY, REPLICA, samplePrimary, signInAsApplication, WEST } from '../support/databases.ts';
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

async function endSessionsOfLifeboat(): Promise<void> {
  await bench.databases.query(
    PRIMARY,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lifeboat'",
  );
}

describe('a primary that cannot be reached', () => {
  const subject = 'chatbot-prod in us-east-1';
  const fault = { name: 'region-down', target: 'us-east-1' } as const;

  it('is shown in the plan as something to sign for', () => {
    const { signatures } = act.action('postgres.fence').change(undefined, {}, act.contextOf());

    expect(signatures).toEqual([expect.objectContaining({ kind: 'unfenced', subject })]);
  });

  it('stays unfenced when that was signed, soon, and is refused when not', async () => {
    const samples = memorySamples({ [`database/${PRIMARY}`]: [await samplePrimary(bench)] });
    bench.world.switchFault(fault, true);
    try {
      const startedAt = performance.now();

      const signed = await act.run('postgres.fence', {}, { samples, signed: [`unfenced:${subject}`] });
      const elapsed = performance.now() - startedAt;
      const unsigned = act.run('postgres.fence', {}, { samples });

      expect(signed.outputs).toMatchObject({ fenced: false, position: 0 });
      expect(signed.exceptions).toEqual(['unfenced']);
      // Not after the step's own time.
      expect(elapsed).toBeLessThan(15_000);
      await expect(unsigned).rejects.toMatchObject({ name: 'Permanent', code: 'fence.unreachable' });
    } finally {
      bench.world.switchFault(fault, false);
    }
  });

  it.each([
    {
      what: 'of what is restored, when nobody signed',
      given: { replacing: true },
      asked: true,
      options: {},
      why: 'did not sign for that',
    },
    {
      what: 'of a way back, although somebody signed',
      given: { primary: EAST },
      asked: false,
      options: { signed: [`unfenced:${subject}`] },
      why: 'nothing is promoted without it',
    },
  ])('keeps its fence $what', async ({ given, asked, options, why }) => {
    const samples = memorySamples({ [`database/${PRIMARY}`]: [await samplePrimary(bench)] });
    bench.world.switchFault(fault, true);
    try {
      const context = act.contextOf({ samples, ...options });
      const fencing = act.action('postgres.fence').run(context, given);

      await expect(fencing).rejects.toMatchObject({
        name: 'Permanent',
        code: 'fence.unreachable',
        message: expect.stringContaining(why),
      });
      expect(context.changesSoFar).toEqual([]);
      // What nobody may sign for is not asked.
      expect(act.action('postgres.fence').change(undefined, given, context).signatures?.length).toBe(
        asked ? 1 : undefined,
      );
    } finally {
      bench.world.switchFault(fault, false);
    }
  });

  it('stays unfenced before a restore when that was signed, and is known by the id of RDS from then on', async () => {
    const found = await bench.clients.aws.rds.instances.settings('us-east-1', PRIMARY, AbortSignal.timeout(5000));
    const { postgres } = bench.clients;
    const connect: typeof postgres.connect = async () => {
      throw new Retryable('postgres.unreachable', 'It does not answer.');
    };
    const silent = benchOf(bench, {}, { clients: { ...bench.clients, postgres: { ...postgres, connect } } });

    const signed = await silent.run('postgres.fence', { replacing: true }, { signed: [`unfenced:${subject}`] });

    expect(found?.resourceId).toMatch(/^db-/);
    expect(signed).toMatchObject({
      outputs: { fenced: false, position: 0, resourceId: found?.resourceId },
      changes: [],
      exceptions: ['unfenced'],
    });
  });

  it('is unreachable to the plan within the observation deadline', async () => {
    bench.world.switchFault(fault, true);
    try {
      const looking = act.look('postgres.fence', {}, { signal: AbortSignal.timeout(500) });

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

      const clock = patient(bench.world.clock);
      const fencing = act.run('postgres.fence', {}, { ...options, clock, onLease: storeIsAway });

      await expect(fencing).rejects.toMatchObject({ name: 'Retryable', code: 'store.unavailable' });
      await (await asApplication(PRIMARY)).end();
    },
  );

  it('is not taken away before RDS has had a minute to show a promotion that was begun', async () => {
    await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app NOLOGIN');
    const context = act.contextOf();
    const began = bench.world.clock.now();
    const done = { outputs: { fenced: true }, changes: [], unsettledSince: began };

    const undone = await act.action('postgres.fence').undo?.run(context, {}, done);

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
    const context = act.contextOf();
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
      const undoing = act.action('postgres.fence').undo?.run(late, {}, done);

      await expect(undoing).rejects.toMatchObject({ code: 'unfence.two-primaries' });
      await expect(asApplication(PRIMARY)).rejects.toThrow(/not permitted to log in/);
    } finally {
      replica.replicaSource = source;
      await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app LOGIN');
    }
  });

  it('is not taken away from one that was rebuilt as a replica', async () => {
    const place = await endpointOf(bench, WEST);
    const samples = memorySamples({ [`database/${PRIMARY}`]: [{ at: 0, value: place }] });
    const context = act.contextOf({ samples });

    const undoing = act.action('postgres.fence').undo?.run(context, {}, { outputs: { fenced: true }, changes: [] });

    await expect(undoing).rejects.toMatchObject({ name: 'Permanent', code: 'unfence.rebuilt' });
    expect(context.changesSoFar).toEqual([]);
  });

  it('tells what it may have changed when the primary is lost before the proof', async () => {
    const context = act.contextOf({ signed, clock: patient(bench.world.clock) });
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
      const { outputs, changes, exceptions } = await act.action('postgres.fence').run(cutShort, {});

      expect(outputs).toMatchObject({ fenced: false, sentence: expect.stringContaining('may be fenced') });
      expect(exceptions).toEqual(['unfenced']);
      expect(changes).toMatchObject([{ what: `Sign-in of chatbot_app on ${subject}`, before: 'allowed' }]);
    } finally {
      await bench.databases.query(PRIMARY, 'ALTER ROLE chatbot_app LOGIN');
    }
  });
});
