import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction, type RunContext } from '../../domain/action.ts';
import { InvalidInput, LifeboatError, Permanent } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';
import {
  CONNECTION_EXAMPLE,
  type Connection,
  ConnectionInput,
  ConnectionOutput,
  connectionBefore,
  connectionChanges,
  connectionWanted,
} from '../database-connection.ts';
import { connectionOf, pointedAt, tokenOf } from './connection.ts';

const REPEAT =
  'It writes one version, whose id is that of the operation: the same call again means that version, and one that would write other values under it is refused.';

export const patchStoredSecret = (clients: Clients) =>
  defineAction({
    id: 'secrets.patch',
    summary: 'Point the secret in Secrets Manager at another database host, and keep its other keys',
    effect: 'reversible',
    input: ConnectionInput,
    output: ConnectionOutput.extend({
      /** Id of the version that has them. */
      version: z.string(),
    }),
    repeat: REPEAT,
    permissions: { iam: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'] },
    examples: [CONNECTION_EXAMPLE],
    dependsOn: ({ region }) => [{ region }],
    writes: (input, system) => [`secretsmanager/${input.region}/${nameOf(system, input)}`],
    // Three calls to the service.
    expectedSeconds: () => 1,
    observedBy: ['region', 'secret'],
    async observe({ system, signal }, input) {
      const { connection } = await look(clients, system, input, signal);
      return { facts: { host: connection.host, port: connection.port }, measurements: {} };
    },
    change(observed, input, { system }) {
      return { changes: connectionChanges(subjectOf(system, input), observed?.facts, connectionWanted(input)) };
    },
    async run(context, input) {
      const { version, before, changes } = await converge(clients, context, input, connectionWanted(input));
      const { host, port } = input;
      return { outputs: { secret: nameOf(context.system, input), host, port, version, before }, changes };
    },
    undo: {
      title: (input, system) => `Point the secret ${subjectOf(system, input)} at the database host that it had before`,
      repeat: REPEAT,
      change(observed, input, { system }, done) {
        const secret = subjectOf(system, input);
        return { changes: connectionChanges(secret, observed?.facts, connectionBefore(secret, done)) };
      },
      async run(context, input, done) {
        const old = connectionBefore(subjectOf(context.system, input), done);
        const { version, changes } = await converge(clients, context, input, old);
        return { outputs: { secret: nameOf(context.system, input), ...old, version }, changes };
      },
    },
  });

interface Place {
  region: string;
  secret?: string | undefined;
}

/** Writes a version until the current one has this host and port. */
async function converge(clients: Clients, context: RunContext, place: Place, to: Connection) {
  const { system, signal, operationId } = context;
  let changes: Change[] = [];
  let before: Partial<Connection> = {};
  const version = await context.waitUntil(async () => {
    const { secret, connection } = await look(clients, system, place, signal);
    const pending = connectionChanges(subjectOf(system, place), connection, to);
    if (pending.length === 0) return secret.version;
    // Noted first: a call whose answer is lost may have been carried out.
    if (changes.length === 0) {
      changes = pending;
      before = connection;
    }
    context.changed(changes);
    await context.assertLease();
    const next = { token: tokenOf(operationId, to), values: pointedAt(secret, to) };
    const { isCurrent } = await clients.aws.secretsManager
      .put(place.region, nameOf(system, place), next, signal)
      .catch((error: unknown) => {
        if (isReplica(error)) throw onlyReplica(system, place, error);
        throw isReplaced(error) ? replaced(system, place, error) : error;
      });
    if (!isCurrent) throw replaced(system, place);
    return undefined;
  });
  return { version, before, changes };
}

async function look(clients: Clients, system: System, place: Place, signal: AbortSignal) {
  const secret = await clients.aws.secretsManager.read(place.region, nameOf(system, place), signal);
  return { secret, connection: connectionOf(secret, subjectOf(system, place)) };
}

/** This operation has written its version before, and the secret has other values now. */
function isReplaced(error: unknown): boolean {
  return error instanceof LifeboatError && error.code === 'secrets-manager.resource-exists';
}

function replaced(system: System, place: Place, cause?: unknown): Permanent {
  return new Permanent(
    'secrets.replaced',
    `Somebody has changed the secret ${subjectOf(system, place)} after this step had pointed it at its host. Agree who sets it, set host and port by hand, then skip this step.`,
    { cause },
  );
}

/** "Operation not permitted on a replica secret": it takes its values from the region that it is replicated from. */
function isReplica(error: unknown): boolean {
  return (
    error instanceof LifeboatError &&
    error.code === 'secrets-manager.invalid-request' &&
    /\breplica\b/i.test(error.message)
  );
}

function onlyReplica(system: System, place: Place, cause: unknown): Permanent {
  const subject = subjectOf(system, place);
  return new Permanent(
    'secrets.replica',
    `The secret ${subject} is a replica of another region's, and cannot be written. Change it there; where that region is lost, make it a secret of its own (aws secretsmanager stop-replication-to-replica --region ${place.region} --secret-id ${nameOf(system, place)}), then retry this step.`,
    { cause },
  );
}

function nameOf(system: System, { secret }: Place): string {
  const name = secret ?? system.database.secret;
  if (name !== undefined) return name;
  throw new InvalidInput('secrets.not-declared', 'system.yaml names no secret in Secrets Manager (database.secret).');
}

/** `chatbot/database in us-west-2`. */
function subjectOf(system: System, place: Place): string {
  return `${nameOf(system, place)} in ${place.region}`;
}
