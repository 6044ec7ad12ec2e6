import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Action, JsonObject } from '../../src/domain/action.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext, memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const HERE = { region: EAST, instance: 'chatbot-prod' };
const THERE = { region: WEST, instance: 'chatbot-prod-replica-west' };
const GLOBAL = 'chatbot-prod-global';
const arnOf = (region: string, cluster: string) => `arn:aws:rds:${region}:123456789012:cluster:${cluster}`;
const TO_WEST = { region: WEST, globalCluster: GLOBAL, target: arnOf(WEST, 'chatbot-prod-replica-west-cluster') };
const TO_EAST = { region: EAST, globalCluster: GLOBAL, target: arnOf(EAST, 'chatbot-prod-cluster') };

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true, topology: 'aurora' });
  actions = permittedActions(bench);
});
afterAll(() => bench.close());

const action = (id: string): Action => {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
};
const contextOf = (run: TestRun = {}) =>
  createRunContext({ system: bench.system, clock: bench.world.clock, signal: AbortSignal.timeout(30_000), ...run });
const look = async (id: string, given: JsonObject = {}, run: TestRun = {}) => {
  const { facts, measurements } = await action(id).observe(contextOf(run), action(id).input.parse(given));
  return { ...facts, ...measurements };
};
const run = async (id: string, given: JsonObject, context = contextOf()) => {
  const before = bench.carriedOut().length;
  const result = await action(id).run(context, action(id).input.parse(given));
  expect(action(id).output.safeParse(result.outputs).error).toBeUndefined();
  return { ...result, calls: bench.carriedOut().slice(before) };
};
const rows = async (instance: string) => {
  const [found] = await bench.databases.query<{ count: number }>(instance, 'SELECT count(*)::int AS count FROM users');
  return found?.count;
};
/** RDS makes the cluster that was left follow the new writer. */
const untilRejoined = (region: string, cluster: string) =>
  contextOf().waitUntil(async () => {
    const { status } = await bench.clients.aws.rds.clusters.describe(region, cluster, AbortSignal.timeout(5000));
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
  const cluster = bench.world.state.rdsClusters?.[EAST]?.['chatbot-prod-cluster'];
  if (!cluster) throw new Error('there is no cluster');
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
  await without(EAST, async () => {
    const context = contextOf();

    expect(await look('rds.standby-database', THERE)).toMatchObject({ ready: true });
    expect(await look('rds.standby-database', THERE, { mode: 'planned' })).toMatchObject({
      ready: false,
      advice: expect.stringMatching(/RDS does not answer in us-east-1\. .* use --mode emergency\.$/),
    });
    await expect(run('rds.switchover-global-cluster', TO_WEST, context)).rejects.toMatchObject({
      name: 'Permanent',
      code: 'rds.switchover-refused',
      message: expect.stringMatching(/not healthy.* Nothing was changed: .* go on as an emergency/),
    });
    expect(context.changesSoFar).toEqual([]);
  });
});

it('switches over once, and every row is there', async () => {
  await bench.databases.query(HERE.instance, "INSERT INTO users (id, email) VALUES (900001, 'last@example.com')");
  const before = await rows(HERE.instance);

  const first = await run('rds.switchover-global-cluster', TO_WEST);
  const again = await run('rds.switchover-global-cluster', TO_WEST);

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
  const failover = action('rds.failover-global-cluster');
  const input = failover.input.parse(TO_EAST);
  const old = 'chatbot-prod-replica-west';
  const { endpoint, port } = await bench.clients.aws.rds.describe(WEST, old, AbortSignal.timeout(5000));
  const samples = memorySamples({ [`database/${old}`]: [{ at: 1, value: { endpoint, port } }] });
  const watched = () => failover.watch?.look(contextOf({ samples, signal: AbortSignal.timeout(5000) }), input);
  const returns = (on: boolean) => bench.world.switchFault({ name: 'old-primary-returns', target: WEST }, on);

  const { exceptions, changes, fenced } = await without(WEST, async () => {
    const moved = await run('rds.failover-global-cluster', TO_EAST);
    await expect(watched()).rejects.toMatchObject({ name: 'Retryable' });
    // RDS in its region goes on saying nothing.
    returns(true);
    return { ...moved, fenced: await watched() };
  });
  returns(false);
  const seen = await contextOf().waitUntil(async () => {
    const finding = await watched();
    return finding?.kind === 'cleared' ? finding : undefined;
  });

  expect(fenced).toMatchObject({
    kind: 'acted',
    sentence: expect.stringContaining(`${old} in us-west-2 answers again`),
  });
  // Its cluster has a reader of its own.
  expect(exceptions).toEqual(['unfenced']);
  expect(changes).toMatchObject([{ after: expect.stringMatching(/what it has not received is lost$/) }]);
  expect(failover.watch?.subject(input, bench.system)).toBe('chatbot-prod-replica-west in us-west-2');
  expect(seen.sentence).toMatch(/^chatbot-prod-replica-west in us-west-2 is a read replica now/);
});
