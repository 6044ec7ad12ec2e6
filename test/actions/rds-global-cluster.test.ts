import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { patient } from '../support/patient.ts';
import { memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const HERE = { region: EAST, instance: 'chatbot-prod' };
const THERE = { region: WEST, instance: 'chatbot-prod-replica-west' };
const OLD_WRITER = THERE.instance;
const GLOBAL = 'chatbot-prod-global';
const arnOf = (region: string, cluster: string) => `arn:aws:rds:${region}:123456789012:cluster:${cluster}`;
const TO_WEST = { region: WEST, globalCluster: GLOBAL, target: arnOf(WEST, 'chatbot-prod-replica-west-cluster') };
const TO_EAST = { region: EAST, globalCluster: GLOBAL, target: arnOf(EAST, 'chatbot-prod-cluster') };

const SPEED = 60;
let bench: TestWorld;
let act: ActionBench;

beforeAll(async () => {
  bench = await startTestWorld({ speed: SPEED, withDatabases: true, topology: 'aurora' });
  act = benchOf(bench, {}, { limit: 90_000 });
});
afterAll(() => bench.close());

const look = async (id: string, given: JsonObject = {}, options: TestRun = {}) =>
  (await act.look(id, given, { clock: patient(bench.world.clock), ...options })).seen;
const rows = async (instance: string) => {
  const [found] = await bench.databases.query<{ count: number }>(instance, 'SELECT count(*)::int AS count FROM users');
  return found?.count;
};
const clusterOf = (region: string, name: string) => {
  const found = bench.world.state.rdsClusters?.[region]?.[name];
  if (!found) throw new Error(`there is no cluster ${name}`);
  return found;
};
const globalCluster = () => {
  const found = bench.world.state.rdsGlobalClusters?.[GLOBAL];
  if (!found) throw new Error('there is no global cluster');
  return found;
};
/** Where the observer has last seen the instance that is left in the end: at the name of this one. */
const lastSeen = async (region: string, instance: string) => {
  const { endpoint, port } = await bench.clients.aws.rds.describe(region, instance, AbortSignal.timeout(20_000));
  return memorySamples({ [`database/${OLD_WRITER}`]: [{ at: 1, value: { endpoint, port } }] });
};
/**
 * One look at the cluster in the west, from which the database has moved to the east. Half of its time is what a silent
 * RDS there gets.
 */
const watchOldWriter = (run: TestRun) =>
  act.watch('rds.failover-global-cluster', TO_EAST, { clock: patient(bench.world.clock, 4000), ...run });
/** RDS makes the cluster that was left follow the new writer. */
const untilRejoined = (region: string, cluster: string) =>
  act.contextOf().waitUntil(async () => {
    const { status } = await bench.clients.aws.rds.clusters.describe(region, cluster, AbortSignal.timeout(20_000));
    return status === 'available' ? true : undefined;
  });
async function without<T>(region: string, work: () => Promise<T>): Promise<T> {
  bench.world.switchFault({ name: 'region-down', target: region }, true);
  try {
    return await work();
  } finally {
    bench.world.switchFault({ name: 'region-down', target: region }, false);
  }
}

it('diagnoses the writer by the name of its cluster, wherever an instance of it was last seen', async () => {
  const value = { endpoint: 'chatbot-prod-earlier.example', port: 5432, role: 'replica' };
  const samples = memorySamples({ 'database/chatbot-prod': [{ at: bench.world.clock.now(), value }] });

  expect(await look('rds.diagnose-primary', {}, { samples })).toMatchObject({
    ...{ form: 'cluster', target: 'chatbot-prod-reader' },
    connections: expect.stringMatching(/^4 of 4 connections/),
  });
});

it('refuses a cluster without a reader as what can take over', async () => {
  const cluster = clusterOf(EAST, 'chatbot-prod-cluster');
  const { members } = cluster;
  cluster.members = [cluster.writer];
  try {
    expect(await look('rds.healthiest-replica')).toMatchObject({
      ...{ form: 'cluster', needed: false, healthy: false },
      sentence: expect.stringContaining('No reader can take over.'),
    });
  } finally {
    cluster.members = members;
  }
});

it('says that RDS began to move the global cluster and gave it up', async () => {
  // RDS moves nothing before it has been seen to begin, however slow the machine is.
  bench.world.setSpeed(1);
  const giveUp = () => {
    const global = globalCluster();
    delete global.failover;
    global.status = 'available';
    clusterOf(EAST, 'chatbot-prod-cluster').status = 'available';
    clusterOf(WEST, 'chatbot-prod-replica-west-cluster').status = 'available';
  };
  const onProgress = (sentence: string) => {
    if (sentence === `${GLOBAL} is failing-over`) giveUp();
  };

  const refused = await act
    .refused('rds.failover-global-cluster', TO_WEST, { onProgress })
    .finally(() => bench.world.setSpeed(SPEED));
  // By then RDS would have promoted the other cluster, had it gone on.
  await bench.world.takeTime(90_000);

  expect(refused.error).toMatchObject({
    name: 'Permanent',
    code: 'rds.global-cluster-unmoved',
    message: expect.stringMatching(/gave it up: chatbot-prod-cluster still writes/),
  });
  // What it did meanwhile nobody knows, so that it stays noted.
  expect(refused).toMatchObject({
    calls: ['rds FailoverGlobalCluster'],
    changes: [{ before: 'chatbot-prod-cluster' }],
  });
  expect(globalCluster().primary).toBe(TO_EAST.target);
});

it('keeps in mind that a call whose answer was lost may have been carried out, although the next is refused', async () => {
  const cluster = clusterOf(EAST, 'chatbot-prod-cluster');
  cluster.status = 'upgrading';
  bench.world.switchFault({ name: 'aws-resets' }, true);
  try {
    const refused = await act.refused('rds.switchover-global-cluster', TO_WEST);

    expect(refused).toMatchObject({
      error: { name: 'Permanent', code: 'rds.switchover-refused' },
      changes: [{ before: 'chatbot-prod-cluster', after: expect.stringMatching(/once it has every write$/) }],
      calls: [],
    });
  } finally {
    bench.world.switchFault({ name: 'aws-resets' }, false);
    cluster.status = 'available';
  }
});

// One story: looked at, switched over, and failed over back without the region that writes then.
it('finds the cluster of the other region ready, by the endpoint that its writer will have', async () => {
  expect(await look('rds.standby-database', THERE)).toMatchObject({
    ...{ form: 'global-cluster', ready: true, status: 'available', replicaOf: '' },
    ...{ globalCluster: GLOBAL, target: TO_WEST.target, writer: 'chatbot-prod-cluster' },
    endpoint: expect.stringMatching(/^chatbot-prod-replica-west-cluster\.cluster-/),
  });
});

it('predicts no loss of a planned move, in which RDS waits for the last write', async () => {
  expect(await look('postgres.predicted-loss', {}, { mode: 'planned' })).toMatchObject({ lossSeconds: 0 });
  await expect(look('postgres.predicted-loss')).rejects.toMatchObject({ code: 'loss.never-sampled' });
});

it('switches nothing over while the region that writes does not answer', async () => {
  const { clock } = bench.world;
  await without(EAST, async () => {
    expect(await look('rds.standby-database', THERE, { clock })).toMatchObject({ ready: true });
    expect(await look('rds.standby-database', THERE, { clock, mode: 'planned' })).toMatchObject({
      ready: false,
      advice: expect.stringMatching(/RDS does not answer in us-east-1\. .* use --mode emergency\.$/),
    });
    expect(await act.refused('rds.switchover-global-cluster', TO_WEST)).toMatchObject({
      error: {
        name: 'Permanent',
        code: 'rds.switchover-refused',
        message: expect.stringMatching(/not healthy.* Nothing was changed: .* go on as an emergency/),
      },
      // Every answer has come, so that nothing was changed for certain.
      ...{ calls: [], changes: [] },
    });
  });
});

it('switches over once, and every row is there', async () => {
  await bench.databases.query(HERE.instance, "INSERT INTO users (id, email) VALUES (900001, 'last@example.com')");
  const before = await rows(HERE.instance);

  const first = await act.run('rds.switchover-global-cluster', TO_WEST);
  const again = await act.run('rds.switchover-global-cluster', TO_WEST);

  expect(first).toMatchObject({
    calls: ['rds SwitchoverGlobalCluster'],
    changes: [{ before: 'chatbot-prod-cluster', after: expect.stringMatching(/once it has every write$/) }],
    outputs: { sentence: expect.stringMatching(/^chatbot-prod-replica-west-cluster in us-west-2 writes for/) },
  });
  expect(first.exceptions).toBeUndefined();
  expect(again).toMatchObject({ calls: [], changes: [] });
  expect(await rows(THERE.instance)).toBe(before);
  expect(await look('rds.switchover-global-cluster', TO_WEST)).toMatchObject({ moved: true });
  expect(await look('rds.standby-database', THERE)).toMatchObject({
    ready: false,
    advice: expect.stringMatching(/writes for chatbot-prod-global already/),
  });
});

it('fails over without the region that writes, and watches that until RDS has it follow', async () => {
  await untilRejoined(EAST, 'chatbot-prod-cluster');
  const samples = await lastSeen(WEST, OLD_WRITER);
  const { clock } = bench.world;
  const watched = () => watchOldWriter({ samples });
  const returns = (on: boolean) => bench.world.switchFault({ name: 'old-primary-returns', target: WEST }, on);

  const { exceptions, changes, fenced } = await without(WEST, async () => {
    const moved = await act.run('rds.failover-global-cluster', TO_EAST);
    await expect(watchOldWriter({ samples, clock })).rejects.toMatchObject({ name: 'Retryable' });
    // RDS in its region goes on saying nothing.
    returns(true);
    return { ...moved, fenced: await watched() };
  });
  returns(false);
  const seen = await act.contextOf().waitUntil(async () => {
    const finding = await watched();
    return finding?.kind === 'cleared' ? finding : undefined;
  });

  expect(fenced).toMatchObject({
    kind: 'acted',
    sentence: expect.stringContaining(`${OLD_WRITER} in us-west-2 answers again`),
  });
  // Its cluster has a reader of its own.
  expect(exceptions).toEqual(['unfenced']);
  expect(changes).toMatchObject([{ after: expect.stringMatching(/what it has not received is lost$/) }]);
  const { watch, input } = act.action('rds.failover-global-cluster');
  expect(watch?.subject(input.parse(TO_EAST), bench.system)).toBe('chatbot-prod-replica-west in us-west-2');
  expect(seen.sentence).toMatch(/^chatbot-prod-replica-west in us-west-2 is a read replica now/);
});

it.each<[string, () => Promise<TestRun>, RegExp]>([
  // Another instance of that cluster may write, so that this is no end of the watch.
  [
    'the instance that wrote is a reader by the name that was last seen',
    async () => ({ samples: await lastSeen(EAST, 'chatbot-prod-reader') }),
    /is a reader; RDS does not say what writes/,
  ],
  ['nobody has seen it', async () => ({}), /does not say where the old cluster writes/],
])('goes on watching while RDS is silent and %s', async (_case, given, sentence) => {
  const run = await given();

  await without(WEST, async () => {
    await expect(watchOldWriter(run)).rejects.toMatchObject({
      name: 'Retryable',
      code: 'rds.old-writer-unknown',
      message: expect.stringMatching(sentence),
    });
  });
});

it('tells people when the old cluster has left the global one, where nobody rejoins it', async () => {
  const global = globalCluster();
  const { secondaries } = global;
  global.secondaries = [];
  try {
    await expect(watchOldWriter({})).rejects.toMatchObject({ name: 'Permanent', code: 'rds.global-cluster-left' });
  } finally {
    global.secondaries = secondaries;
  }
});
