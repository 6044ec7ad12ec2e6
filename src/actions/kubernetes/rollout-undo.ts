import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import type { Release } from '../../adapters/kubernetes/releases.ts';
import type { Workload } from '../../adapters/kubernetes/shapes.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, type Done, defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { DeploymentsInput } from './deployments.ts';
import { nameOfRelease } from './diagnosis.ts';
import { examine, type Health } from './health.ts';
import { workloadsLock } from './lock.ts';
import { joinOwners, plannedOf } from './owners.ts';
import { isRolledOut } from './rolled-out.ts';

/** Names of the ReplicaSets that hold the releases: they stay the same when a release comes back. */
const Move = z.object({ from: z.string(), to: z.string() });
const Moves = z.record(z.string(), Move);

export const rolloutUndo = (clients: Clients) =>
  defineAction({
    id: 'k8s.rollout-undo',
    summary:
      'Take deployments whose newest release fails back to the release before it, and wait until its pods are ready',
    effect: 'reversible',
    input: DeploymentsInput,
    output: z.object({
      /** Deployments that run the release now that they had before. */
      back: z.array(z.string()),
      /** From which release to which, by deployment: of this attempt. */
      before: Moves,
    }),
    repeat:
      'It gives a deployment a named template on the resourceVersion that it was decided on: a late one is a conflict, and with that template nothing fails that it would take back.',
    permissions: {
      cluster: { nodes: ['list'] },
      namespace: {
        pods: ['list'],
        'apps/deployments': ['get', 'update'],
        'apps/replicasets': ['list'],
        'autoscaling/horizontalpodautoscalers': ['list'],
      },
    },
    examples: [{ title: 'The services of a region', with: { region: 'us-east-1' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    subject: ({ region }) => `replicas/${region}`,
    // Failing pods go first, so that all new ones may start at once; each 15 to 45 s until ready.
    expectedSeconds: () => 90,
    async observe({ system, signal, clock }, { region, deployments = system.kubernetes.deployments }) {
      const healths = await examine(clusterOf(clients, system, region), deployments, clock.now(), signal);
      return {
        facts: {
          moves: movesOf(healths),
          newest: Object.fromEntries(healths.map(({ workload, releases }) => [workload.name, releases[0]?.name ?? ''])),
          names: namesOf(healths),
          owner: joinOwners(healths.map(({ workload }) => workload.owner)),
        },
        measurements: {},
      };
    },
    change(observed, { region }) {
      if (!observed) return { changes: [] };
      const { moves, names, owner } = observed.facts;
      const changes = Object.entries(moves).map(([deployment, { from, to }]) =>
        changeOf(region, deployment, names[from] ?? from, names[to] ?? to),
      );
      return plannedOf(changes, owner);
    },
    async run(context, { region, deployments = context.system.kubernetes.deployments }) {
      const { system, signal, clock } = context;
      const cluster = clusterOf(clients, system, region);
      const before: z.infer<typeof Moves> = {};
      const changes = new Map<string, Change>();
      await context.waitUntil(async () => {
        const healths = await examine(cluster, deployments, clock.now(), signal);
        for (const { workload, bad, wayBack } of healths) {
          if (!bad || !wayBack) continue;
          const { name } = workload;
          if (before[name] && before[name].from !== bad.name) {
            throw new Permanent(
              'kubernetes.release-fails-too',
              `${name} in ${region} is back at ${nameOfRelease(bad)}, and that fails too. What it needs is not another release: read the log of one of its pods.`,
            );
          }
          before[name] ??= { from: bad.name, to: wayBack.name };
          changes.set(name, changeOf(region, name, nameOfRelease(bad), nameOfRelease(wayBack)));
          context.changed([...changes.values()]);
          await context.assertLease();
          await cluster.setRelease(workload, wayBack, signal);
        }
        const moved = healths.filter(({ workload }) => before[workload.name]);
        context.progress(
          moved.map(({ workload: { name, available, replicas } }) => `${name} ${available}/${replicas}`).join(', '),
        );
        return (
          healths.every(({ bad, workload }) => !bad && (!before[workload.name] || isRolledOut(workload))) || undefined
        );
      });
      return { outputs: { back: Object.keys(before), before }, changes: [...changes.values()] };
    },
    undo: {
      title: ({ region }) => `Bring the newest release of the services in ${region} back`,
      repeat:
        'It gives a deployment a named template on the resourceVersion that it was decided on: a late one is a conflict.',
      change(observed, { region }, _context, done) {
        const moves = movesBefore(done, region);
        const changes = Object.entries(moves).flatMap(([deployment, { from }]) => {
          const newest = observed?.facts.newest[deployment];
          if (newest === from) return [];
          const name = (set: string) => observed?.facts.names[set] ?? set;
          return [changeOf(region, deployment, newest === undefined ? 'not reachable now' : name(newest), name(from))];
        });
        return { changes };
      },
      async run(context, { region }, done) {
        const { system, signal } = context;
        const cluster = clusterOf(clients, system, region);
        const moves = movesBefore(done, region);
        const changes = new Map<string, Change>();
        await context.waitUntil(async () => {
          const wrong = await elsewhere(cluster, moves, signal);
          for (const { workload, newest, wanted } of wrong) {
            const change = changeOf(region, workload.name, nameOfRelease(newest), nameOfRelease(wanted));
            if (!changes.has(workload.name)) changes.set(workload.name, change);
            context.changed([...changes.values()]);
            await context.assertLease();
            await cluster.setRelease(workload, wanted, signal);
          }
          return wrong.length === 0 || undefined;
        });
        return { outputs: { releases: moves }, changes: [...changes.values()] };
      },
    },
  });

/** Deployments that are not at the release that they had before. Throws Permanent where that is kept no more. */
async function elsewhere(
  cluster: Cluster,
  moves: z.infer<typeof Moves>,
  signal: AbortSignal,
): Promise<{ workload: Workload; newest: Release; wanted: Release }[]> {
  const releases = await cluster.releases(signal);
  const found = await Promise.all(
    Object.entries(moves).map(async ([deployment, { from }]) => {
      const newest = releases.find((release) => release.deployment === deployment);
      const wanted = releases.find(({ name }) => name === from);
      if (!newest || !wanted) {
        throw new Permanent('kubernetes.release-gone', `The release ${from} of ${deployment} is kept no more.`);
      }
      return newest.name === from ? [] : [{ workload: await cluster.workload(deployment, signal), newest, wanted }];
    }),
  );
  return found.flat();
}

function movesOf(healths: Health[]): z.infer<typeof Moves> {
  return Object.fromEntries(
    healths.flatMap(({ workload, bad, wayBack }) =>
      bad && wayBack ? [[workload.name, { from: bad.name, to: wayBack.name }] as const] : [],
    ),
  );
}

function namesOf(healths: Health[]): Record<string, string> {
  const releases = healths.flatMap((health) => health.releases);
  return Object.fromEntries(releases.map((release) => [release.name, nameOfRelease(release)]));
}

function movesBefore(done: Done, region: string): z.infer<typeof Moves> {
  return whatWasBefore(done, Moves, { subject: `the releases in ${region}`, seen: ({ moves }) => moves });
}

function changeOf(region: string, deployment: string, before: string, after: string): Change {
  return { what: `Release of ${deployment} in ${region}`, before, after };
}
