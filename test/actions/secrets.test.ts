import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { addVersion } from '../../sandbox/aws/secrets-manager/versions.ts';
import type { Action, Done, JsonObject } from '../../src/domain/action.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const WEST = 'us-west-2';
const NAME = 'chatbot/database';
const given = { region: WEST, host: 'new.example.com', port: 5433 };

let bench: TestWorld;
let action: Action;
let versions = 0;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 600 });
  const found = permittedActions(bench).get('secrets.patch');
  if (!found) throw new Error('no action secrets.patch');
  action = found;
});
afterAll(() => bench.close());

/** As somebody in the console, or a rotation, writes a version. */
function write(value: unknown): void {
  const secret = bench.world.state.secrets?.[WEST]?.[NAME];
  if (!secret) throw new Error('no secret');
  versions += 1;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  addVersion(secret, String(versions).padStart(32, '0'), { text }, { now: 0, stages: ['AWSCURRENT'] });
}
async function stored() {
  const { values } = await bench.clients.aws.secretsManager.read(WEST, NAME, AbortSignal.timeout(10_000));
  return values;
}
const OLD = { host: 'old.example.com', port: 5432, username: 'chatbot_app', password: 'secret-1', dbname: 'chatbot' };
beforeEach(() => write(OLD));

const contextOf = (onLease?: () => void, operationId = `INC-1.r1.step-${versions}`) =>
  createRunContext({
    ...{ system: bench.system, clock: bench.world.clock, signal: AbortSignal.timeout(20_000), operationId },
    ...(onLease && { onLease }),
  });
async function run(context = contextOf(), input: JsonObject = given) {
  const result = await action.run(context, action.input.parse(input));
  return { ...result, outputs: action.output.parse(result.outputs) as JsonObject };
}
async function undo(done: Partial<Done>) {
  if (!action.undo) throw new Error('it has no undo');
  const context = contextOf(undefined, `INC-1.r2.step-${versions}`);
  return action.undo.run(context, action.input.parse(given), { outputs: {}, changes: [], ...done });
}

it('shows what it will change, with nothing of the secret but host and port', async () => {
  const input = action.input.parse(given);
  const observed = await action.observe(contextOf(), input);

  expect(observed).toEqual({ facts: { host: 'old.example.com', port: '5432' }, measurements: {} });
  expect(action.change(observed, input, contextOf()).changes).toEqual([
    { what: 'chatbot/database in us-west-2', before: 'old.example.com:5432', after: 'new.example.com:5433' },
  ]);
  expect(action.change(undefined, input, contextOf()).changes).toEqual([
    expect.objectContaining({ before: 'not reachable now' }),
  ]);
});

it('sets host and port, keeps every other key, and tells none of them', async () => {
  const { outputs, changes } = await run();

  expect(await stored()).toEqual({ ...OLD, host: 'new.example.com', port: 5433 });
  expect(outputs).toEqual({
    ...{ secret: NAME, host: 'new.example.com', port: 5433, version: expect.stringMatching(/^[\da-f]{64}$/) },
    before: { host: 'old.example.com', port: '5432' },
  });
  expect(JSON.stringify([outputs, changes])).not.toContain('secret-1');
});

it('says how to write a secret that another region has the say over', async () => {
  const secret = bench.world.state.secrets?.[WEST]?.[NAME];
  if (!secret) throw new Error('no secret');
  secret.replicaOf = 'us-east-1';
  try {
    await expect(run()).rejects.toMatchObject({
      name: 'Permanent',
      code: 'secrets.replica',
      message: expect.stringMatching(
        /is a replica .* stop-replication-to-replica --region us-west-2 --secret-id chatbot/,
      ),
    });
    expect(await stored()).toEqual(OLD);
  } finally {
    delete secret.replicaOf;
  }
});

it('leaves a port that is text as text', async () => {
  write({ ...OLD, port: '5432' });

  await run();

  expect(await stored()).toMatchObject({ port: '5433' });
});

it('changes nothing where all is so already', async () => {
  await run();
  const before = bench.carriedOut().length;

  const { changes, outputs } = await run(contextOf(undefined, 'INC-1.r9.step'));

  expect(changes).toEqual([]);
  expect(outputs.before).toEqual({});
  expect(bench.carriedOut()).toHaveLength(before);
});

it('does not bring back what has been rotated since: a call that comes late is refused, or changes nothing', async () => {
  // The first worker is paused before its call; another one sends it, and the password is rotated then.
  const rotated = { ...OLD, host: 'new.example.com', port: 5433, password: 'secret-2' };
  let released: (() => void) | undefined;
  const paused = new Promise<void>((resolve) => {
    released = resolve;
  });
  const operationId = 'INC-2.r1.stored-connection';
  const late = contextOf(undefined, operationId);
  const lateRun = run({ ...late, assertLease: () => paused });
  const outcome = Promise.allSettled([lateRun]);
  await run(contextOf(undefined, operationId));
  write(rotated);

  released?.();
  const [ended] = await outcome;

  expect(ended).toMatchObject({ status: 'rejected', reason: { name: 'Permanent', code: 'secrets.replaced' } });
  expect(await stored()).toEqual(rotated);
});

it('says so when somebody has set another host after the step had set its own', async () => {
  const operationId = 'INC-3.r1.stored-connection';
  await run(contextOf(undefined, operationId));
  write({ ...OLD, host: 'theirs.example.com' });

  await expect(run(contextOf(undefined, operationId))).rejects.toMatchObject({
    code: 'secrets.replaced',
    message: expect.stringMatching(/^Somebody has changed the secret chatbot\/database in us-west-2 after this step/),
  });
  expect(await stored()).toMatchObject({ host: 'theirs.example.com' });
});

it.each([
  ['a list', [], 'secrets-manager.not-json'],
  ['no JSON', 'secret-1: not a JSON text', 'secrets-manager.not-json'],
  ['no host', { port: 5432, password: 'secret-1' }, 'secrets.no-connection'],
  ['no port', { host: 'old.example.com', password: 'secret-1' }, 'secrets.no-connection'],
])('refuses a secret that is or has %s, without showing it', async (_what, value, code) => {
  write(value);
  const before = bench.carriedOut().length;

  const refused = await run().catch((error: unknown) => error);

  expect(refused).toMatchObject({ name: 'Permanent', code });
  const { message, cause } = refused as Error;
  expect(`${message} ${String(cause)}`).not.toContain('secret-1');
  expect(bench.carriedOut()).toHaveLength(before);
});

it('names the secret that is not there, or not declared', async () => {
  const { secret, ...database } = bench.system.database;
  const bare = createRunContext({ system: { ...bench.system, database }, clock: bench.world.clock });

  await expect(run(contextOf(), { ...given, secret: 'other' })).rejects.toMatchObject({
    code: 'secrets-manager.resource-not-found',
    message: expect.stringContaining('Secrets Manager in us-west-2, other:'),
  });
  await expect(run(bare)).rejects.toMatchObject({ code: 'secrets.not-declared' });
  expect(secret).toBe(NAME);
});

it('puts host and port back, and keeps what others have changed since', async () => {
  const { outputs } = await run();
  write({ ...OLD, host: 'new.example.com', port: 5433, password: 'secret-2' });

  const undone = await undo({ outputs });

  expect(undone.changes).toEqual([
    { what: 'chatbot/database in us-west-2', before: 'new.example.com:5433', after: 'old.example.com:5432' },
  ]);
  expect(await stored()).toEqual({ ...OLD, password: 'secret-2' });
  expect(JSON.stringify(undone)).not.toContain('secret-2');
});
