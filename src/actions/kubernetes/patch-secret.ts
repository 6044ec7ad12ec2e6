import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, type Done, defineAction } from '../../domain/action.ts';
import { Region, type System } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { workloadsLock } from './lock.ts';

/** What is read of the secret, and set; what else it holds never leaves it. */
const Connection = z.object({ host: z.string().min(1), port: z.string().min(1) });

export const patchSecret = (clients: Clients) =>
  defineAction({
    id: 'k8s.patch-secret',
    summary: 'Point the connection secret at another database host, and keep its other keys',
    effect: 'reversible',
    input: z.strictObject({
      region: Region,
      host: z.string().min(1),
      port: z.int().min(1).max(65_535),
      /** The connection secret of system.yaml when absent; its keys for host and port are system.yaml's too. */
      secret: z.string().min(1).optional(),
    }),
    output: z.object({
      secret: z.string(),
      host: z.string(),
      port: z.int(),
      /** Host and port that it replaced, as the secret had them; empty when it replaced none. */
      before: Connection.partial(),
    }),
    repeat:
      'It sets two named keys to named values, on the resourceVersion that it was decided on: a late patch is a conflict.',
    permissions: ['namespace: get, patch secrets (named by system.yaml)'],
    examples: [
      {
        title: 'The promoted replica',
        with: {
          region: 'us-west-2',
          host: 'chatbot-prod-replica-west.c1a2b3.us-west-2.rds.amazonaws.com',
          port: 5432,
        },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // Two calls to the API server.
    expectedSeconds: () => 1,
    observedBy: ['region', 'secret'],
    async observe({ system, signal }, { region, secret }) {
      const found = await clusterOf(clients, system, region).secret(nameOf(system, secret), signal);
      // Host and port alone: what else the secret holds never leaves it.
      const { hostKey, portKey } = system.kubernetes.secret;
      return {
        facts: { host: found.value(hostKey), port: found.value(portKey), owner: found.owner },
        measurements: {},
      };
    },
    change(observed, input, { system }) {
      const change = changeOf(system, input, observed?.facts);
      return { changes: change ? [change] : [], ...(observed?.facts.owner ? { owner: observed.facts.owner } : {}) };
    },
    async run(context, input) {
      const { system, signal } = context;
      const { region, host, port } = input;
      const { hostKey, portKey } = system.kubernetes.secret;
      const name = nameOf(system, input.secret);
      const cluster = clusterOf(clients, system, region);
      let changes: Change[] = [];
      let before: Partial<z.infer<typeof Connection>> = {};
      await context.waitUntil(async () => {
        const found = await cluster.secret(name, signal);
        const current = { host: found.value(hostKey), port: found.value(portKey) };
        const change = changeOf(system, input, current);
        if (!change) return true;
        // Noted first: a call whose answer is lost may have been carried out.
        changes = [change];
        before = current;
        context.changed(changes);
        await context.assertLease();
        await cluster.setSecretValues(name, found, { [hostKey]: host, [portKey]: String(port) }, signal);
        return true;
      });
      return { outputs: { secret: name, host, port, before }, changes };
    },
    undo: {
      title: ({ region }) => `Point the services in ${region} at the database host that they had before`,
      repeat:
        'It sets two named keys to the values that they had, on the resourceVersion that it was decided on: a late patch is a conflict.',
      change(observed, input, { system }, done) {
        const change = undoChange(system, input, observed?.facts, connectionBefore(system, input, done));
        return { changes: change ? [change] : [], ...(observed?.facts.owner ? { owner: observed.facts.owner } : {}) };
      },
      async run(context, input, done) {
        const { system, signal } = context;
        const { hostKey, portKey } = system.kubernetes.secret;
        const name = nameOf(system, input.secret);
        const old = connectionBefore(system, input, done);
        const cluster = clusterOf(clients, system, input.region);
        let changes: Change[] = [];
        await context.waitUntil(async () => {
          const found = await cluster.secret(name, signal);
          const change = undoChange(system, input, { host: found.value(hostKey), port: found.value(portKey) }, old);
          if (!change) return true;
          changes = [change];
          context.changed(changes);
          await context.assertLease();
          await cluster.setSecretValues(name, found, { [hostKey]: old.host, [portKey]: old.port }, signal);
          return true;
        });
        return { outputs: { secret: name, ...old }, changes };
      },
    },
  });

interface Input {
  region: string;
  host: string;
  port: number;
  secret?: string | undefined;
}

function nameOf(system: System, secret: string | undefined): string {
  return secret ?? system.kubernetes.secret.name;
}

function connectionBefore(system: System, { region, secret }: Input, done: Done): z.infer<typeof Connection> {
  const subject = `host and port in the secret ${nameOf(system, secret)} in ${region}`;
  return whatWasBefore(done, Connection, { subject, seen: ({ host, port }) => ({ host, port }) });
}

/** Undefined when host and port are so already. */
function changeOf(
  system: System,
  input: Input,
  current: { host: string; port: string } | undefined,
): Change | undefined {
  const { host, port } = input;
  // Port 0 stands for one that only the run will know.
  return secretChange(system, input, current, port === 0 ? host : `${host}:${port}`);
}

/** Undefined when host and port are as they were. */
function undoChange(
  system: System,
  input: Input,
  current: { host: string; port: string } | undefined,
  old: { host: string; port: string },
): Change | undefined {
  return secretChange(system, input, current, `${old.host}:${old.port}`);
}

function secretChange(
  system: System,
  { region, secret }: Input,
  current: { host: string; port: string } | undefined,
  after: string,
): Change | undefined {
  const before = current ? `${current.host}:${current.port}` : 'not reachable now';
  return before === after ? undefined : { what: `Secret ${nameOf(system, secret)} in ${region}`, before, after };
}
