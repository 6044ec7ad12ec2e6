import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Action, Done, JsonObject, Undo } from '../../src/domain/action.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60 });
  actions = permittedActions(bench);
  // A release to go around, and to go back from.
  bench.world.switchFault({ name: 'crash-looping-pods', target: 'auth-service' }, true);
});
afterAll(() => bench.close());

const west = { region: 'us-west-2' };
const east = { region: 'us-east-1' };
const context = () =>
  createRunContext({ system: bench.system, clock: bench.world.clock, signal: AbortSignal.timeout(20_000) });

function undoOf(id: string): { action: Action; undo: Undo } {
  const action = actions.get(id);
  if (!action?.undo) throw new Error(`${id} has no undo`);
  return { action, undo: action.undo };
}

/** What the undo would change now, and then changes. */
async function undo(id: string, given: JsonObject, done: Partial<Done>) {
  const { action, undo: back } = undoOf(id);
  const input = action.input.parse(given) as never;
  const what: Done = { outputs: {}, changes: [], ...done };
  const planned = back.change(await action.observe(context(), input), input, context(), what);
  const before = bench.carriedOut().length;
  const undone = await back.run(context(), input, what);
  return { planned, undone, calls: bench.carriedOut().slice(before) };
}

const INPUTS: [string, JsonObject][] = [
  ['k8s.scale', { ...west, profile: 'full' }],
  ['k8s.autoscaler', { ...east, replicas: { 'chatbot-api': 21 } }],
  ['k8s.scale-up', { ...east, replicas: { 'websocket-service': 11 } }],
  ['k8s.apply', { ...east, manifest: 'maintenance-mode.yaml' }],
  ['k8s.delete-manifest', { ...east, manifest: 'maintenance-mode.yaml' }],
  ['k8s.route-around', { ...east, set: 'healthy' }],
  ['k8s.rollout-undo', { ...east }],
  ['k8s.patch-secret', { ...west, host: 'new.example.com', port: 5433 }],
  ['secrets.patch', { ...west, host: 'new.example.com', port: 5433 }],
  ['elbv2.shift-traffic', west],
  ['route53.upsert', { changes: 'dns-failover.json' }],
  ['arc.switch', { to: 'us-west-2' }],
  ['route53.switch-object', { to: 'us-west-2' }],
];

/** What they are tried with is real databases: see rds-*.test.ts, postgres.test.ts and two-workers.test.ts. */
const OF_DATABASES = ['postgres.fence', 'postgres.rename-database', 'rds.create-replica', 'rds.rename-instance'];

it('tries every undo', () => {
  const undoes = [...actions.values()].filter(({ undo }) => undo !== undefined).map(({ id }) => id);

  expect([...INPUTS.map(([id]) => id), ...OF_DATABASES].sort()).toEqual(undoes.sort());
});

describe.each(INPUTS)('the undo of %s', (id, given) => {
  it('says that nobody knows what was before, and what to do, when neither the step nor its plan saw it', async () => {
    await expect(undo(id, given, {})).rejects.toMatchObject({
      name: 'Permanent',
      code: 'undo.unknown-before',
      message: expect.stringMatching(/^What was there before is not known: .* Set it by hand, then skip this step\.$/),
    });
  });

  it('changes nothing where all is as the plan saw it', async () => {
    const { action } = undoOf(id);
    const { facts, measurements } = await action.observe(context(), action.input.parse(given));

    const { planned, undone, calls } = await undo(id, given, { observed: { ...facts, ...measurements } });

    expect(planned.changes).toEqual([]);
    expect(undone.changes).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('keeps no secret in what is journalled', async () => {
    const { action } = undoOf(id);
    const password = bench.world.state.kubernetes['us-west-2']?.secrets['db-credentials']?.data.password ?? '';
    const input = action.input.parse(given) as never;

    const { facts, measurements } = await action.observe(context(), input);
    const { outputs } = await action.run(context(), input);
    const seen = { outputs: outputs as JsonObject, observed: { ...facts, ...measurements } };
    const { undone } = await undo(id, given, seen);

    expect(password).not.toBe('');
    expect(JSON.stringify([outputs, undone])).not.toContain(password);
  });
});

// No run can be undone from there (test/runbooks/simulations.test.ts), so that it is shown here alone.
describe.each<[string, JsonObject]>([
  ['route53.upsert', { changes: 'dns-failover.json' }],
  ['arc.switch', { to: 'us-west-2' }],
  ['route53.switch-object', { to: 'us-west-2' }],
])('the undo of %s, once it has moved users', (id, given) => {
  it('brings everything back to where it was', async () => {
    const { action } = undoOf(id);
    const input = action.input.parse(given) as never;
    const { facts, measurements } = await action.observe(context(), input);

    const { outputs, changes } = await action.run(context(), input);
    const moved = await action.observe(context(), input);
    const seen = { outputs: outputs as JsonObject, observed: { ...facts, ...measurements } };
    const { undone } = await undo(id, given, seen);
    const after = await action.observe(context(), input);

    expect(changes).not.toEqual([]);
    expect(undone.changes).not.toEqual([]);
    expect(moved.facts).not.toEqual(facts);
    expect(after.facts).toEqual(facts);
  });
});

describe('the undo of k8s.scale', () => {
  const given = { ...west, profile: 'full' };

  it('completes what a later attempt noted with what the plan saw', async () => {
    const deployments = () => bench.world.state.kubernetes['us-west-2']?.deployments ?? {};
    await undoOf('k8s.scale').action.run(context(), given);

    const { undone } = await undo('k8s.scale', given, {
      outputs: { before: { 'auth-service': { replicas: 2 } } },
      observed: { settings: { 'auth-service': { replicas: 1 }, 'websocket-service': { replicas: 1 } } },
    });

    expect(undone.changes).toEqual([
      { what: 'auth-service in us-west-2', before: '5 replicas', after: '2 replicas' },
      { what: 'websocket-service in us-west-2', before: '10 replicas', after: '1 replicas' },
    ]);
    expect(deployments()['websocket-service']?.replicas).toBe(1);
  });

  it('leaves a deployment to the autoscaler that it has got since', async () => {
    const before = { 'chatbot-api': { replicas: 3 } };

    const { planned, calls } = await undo('k8s.scale', given, { outputs: { before } });

    expect(planned).toMatchObject({ changes: [], owner: 'autoscaler chatbot-api' });
    expect(calls).toEqual([]);
  });
});

it('an alias record cannot be set back from values', async () => {
  const records = { 'api.chatbot.com CNAME': { ttl: 0, values: [] } };

  const undoing = undo('route53.upsert', { changes: 'dns-failover.json' }, { outputs: { before: records } });

  await expect(undoing).rejects.toMatchObject({ code: 'undo.unknown-before' });
});
