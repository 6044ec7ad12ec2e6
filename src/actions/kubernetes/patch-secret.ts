import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, defineAction, type RunContext } from '../../domain/action.ts';
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
import { workloadsLock } from './lock.ts';
import { plannedOf } from './owners.ts';

export const patchSecret = (clients: Clients) =>
  defineAction({
    id: 'k8s.patch-secret',
    summary: 'Point the connection secret at another database host, and keep its other keys',
    effect: 'reversible',
    input: ConnectionInput,
    output: ConnectionOutput,
    repeat:
      'It sets two named keys to named values, on the resourceVersion that it was decided on: a late patch is a conflict.',
    permissions: { namespace: { 'secrets (named by system.yaml)': ['get', 'patch'] } },
    examples: [CONNECTION_EXAMPLE],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // Two calls to the API server.
    expectedSeconds: () => 1,
    observedBy: ['region', 'secret'],
    async observe({ system, signal }, input) {
      const found = await clusterOf(clients, system, input.region).secret(nameOf(system, input), signal);
      // Host and port alone: what else the secret holds never leaves it.
      const { hostKey, portKey } = system.kubernetes.secret;
      return {
        facts: { host: found.value(hostKey), port: found.value(portKey), owner: found.owner },
        measurements: {},
      };
    },
    change(observed, input, { system }) {
      const changes = connectionChanges(changedOf(system, input), observed?.facts, connectionWanted(input));
      return plannedOf(changes, observed?.facts.owner);
    },
    async run(context, input) {
      const { before, changes } = await converge(clients, context, input, connectionWanted(input));
      const { host, port } = input;
      return { outputs: { secret: nameOf(context.system, input), host, port, before }, changes };
    },
    undo: {
      title: ({ region }) => `Point the services in ${region} at the database host that they had before`,
      repeat:
        'It sets two named keys to the values that they had, on the resourceVersion that it was decided on: a late patch is a conflict.',
      change(observed, input, { system }, done) {
        const old = connectionBefore(subjectOf(system, input), done);
        const changes = connectionChanges(changedOf(system, input), observed?.facts, old);
        return plannedOf(changes, observed?.facts.owner);
      },
      async run(context, input, done) {
        const old = connectionBefore(subjectOf(context.system, input), done);
        const { changes } = await converge(clients, context, input, old);
        return { outputs: { secret: nameOf(context.system, input), ...old }, changes };
      },
    },
  });

interface Place {
  region: string;
  secret?: string | undefined;
}

/** Sets host and port where the secret has others. */
async function converge(clients: Clients, context: RunContext, place: Place, to: Connection) {
  const { system, signal } = context;
  const { hostKey, portKey } = system.kubernetes.secret;
  const name = nameOf(system, place);
  const cluster = clusterOf(clients, system, place.region);
  let changes: Change[] = [];
  let before: Partial<Connection> = {};
  await context.waitUntil(async () => {
    const found = await cluster.secret(name, signal);
    const current = { host: found.value(hostKey), port: found.value(portKey) };
    const pending = connectionChanges(changedOf(system, place), current, to);
    if (pending.length === 0) return true;
    // Noted first: a call whose answer is lost may have been carried out.
    changes = pending;
    before = current;
    context.changed(changes);
    await context.assertLease();
    await cluster.setSecretValues(name, found, { [hostKey]: to.host, [portKey]: to.port }, signal);
    return true;
  });
  return { before, changes };
}

function nameOf(system: System, { secret }: Place): string {
  return secret ?? system.kubernetes.secret.name;
}

/** `chatbot-database in us-west-2`. */
function subjectOf(system: System, place: Place): string {
  return `${nameOf(system, place)} in ${place.region}`;
}

const changedOf = (system: System, place: Place) => `Secret ${subjectOf(system, place)}`;
