import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Region, type System } from '../../domain/system.ts';
import { workloadsLock } from './lock.ts';

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
    output: z.object({ secret: z.string(), host: z.string(), port: z.int() }),
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
      await context.waitUntil(async () => {
        const found = await cluster.secret(name, signal);
        const change = changeOf(system, input, { host: found.value(hostKey), port: found.value(portKey) });
        if (!change) return true;
        // Noted first: a call whose answer is lost may have been carried out.
        changes = [change];
        await context.assertLease();
        await cluster.setSecretValues(name, found, { [hostKey]: host, [portKey]: String(port) }, signal);
        return true;
      });
      return { outputs: { secret: name, host, port }, changes };
    },
  });

function nameOf(system: System, secret: string | undefined): string {
  return secret ?? system.kubernetes.secret.name;
}

/** Undefined when host and port are so already. */
function changeOf(
  system: System,
  { region, host, port, secret }: { region: string; host: string; port: number; secret?: string | undefined },
  current: { host: string; port: string } | undefined,
): Change | undefined {
  // Port 0 stands for one that only the run will know.
  const after = port === 0 ? host : `${host}:${port}`;
  const before = current ? `${current.host}:${current.port}` : 'not reachable now';
  return before === after ? undefined : { what: `Secret ${nameOf(system, secret)} in ${region}`, before, after };
}
