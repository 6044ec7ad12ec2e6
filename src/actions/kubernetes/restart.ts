import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Workload } from '../../adapters/kubernetes/shapes.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { DeploymentsInput } from './deployments.ts';
import { workloadsLock } from './lock.ts';
import { joinOwners, plannedOf } from './owners.ts';
import { isRolledOut } from './rolled-out.ts';

/**
 * There is no undo: what ran before has ended, and another restart would only interrupt users again. It is due by itself
 * where something that the pods read at their start (the connection secret) was put back: the undo's plan says so.
 */
export const restart = (clients: Clients) =>
  defineAction({
    id: 'k8s.restart',
    summary: 'Restart deployments pod by pod, and wait until no old pod is left',
    effect: 'reversible',
    input: DeploymentsInput,
    output: z.object({ restarted: z.array(z.string()) }),
    repeat:
      'The annotation that starts the rollout carries the time of the first attempt: the same patch again changes nothing, and a late one after a newer restart is not sent.',
    permissions: { namespace: { 'apps/deployments': ['get', 'patch'] } },
    examples: [{ title: 'The services of a region', with: { region: 'us-west-2' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    subject: ({ region }) => `replicas/${region}`,
    // A quarter of the pods at a time, each 15 to 45 s until ready: four waves.
    expectedSeconds: () => 120,
    withoutUndo:
      'pods that were replaced do not come back, and new ones keep what they read when they began until they are restarted',
    async observe({ system, signal }, { region, deployments = system.kubernetes.deployments }) {
      const cluster = clusterOf(clients, system, region);
      const seen = await Promise.all(deployments.map((name) => cluster.workload(name, signal)));
      return {
        facts: {
          restartedAt: Object.fromEntries(seen.map((one) => [one.name, one.restartedAt])),
          owner: joinOwners(seen.map(({ owner }) => owner)),
        },
        measurements: { pods: Object.fromEntries(seen.map(({ name, existing }) => [name, existing])) },
      };
    },
    change(observed, { region, deployments }, { system }) {
      const { restartedAt, owner } = observed?.facts ?? {};
      const changes = (deployments ?? system.kubernetes.deployments).map((name) =>
        changeOf(region, name, restartedAt ? (restartedAt[name] ?? '') : undefined),
      );
      return plannedOf(changes, owner);
    },
    async run(context, { region, deployments = context.system.kubernetes.deployments }) {
      const { system, signal } = context;
      const cluster = clusterOf(clients, system, region);
      // Whole seconds, as kubectl writes it.
      const mark = `${new Date(context.firstAttemptAt).toISOString().slice(0, 19)}Z`;
      const changes = new Map<string, Change>();
      await context.waitUntil(async () => {
        const seen = await Promise.all(deployments.map((name) => cluster.workload(name, signal)));
        for (const workload of seen.filter(({ restartedAt }) => !isRestarted(restartedAt, mark))) {
          changes.set(workload.name, changeOf(region, workload.name, workload.restartedAt));
          context.changed([...changes.values()]);
          await context.assertLease();
          await cluster.restart(workload, mark, signal);
        }
        context.progress(
          seen.map(({ name, updated, replicas }) => `${name} ${updated}/${replicas} restarted`).join(', '),
        );
        return seen.every((workload) => isRestartDone(workload, mark)) || undefined;
      });
      return { outputs: { restarted: deployments }, changes: [...changes.values()] };
    },
  });

/** True when this restart, or a newer one, has been asked for. */
export function isRestarted(restartedAt: string, mark: string): boolean {
  const at = Date.parse(restartedAt);
  return Number.isFinite(at) && at >= Date.parse(mark);
}

/** True when this restart has come to its end. Throws as `isRolledOut` does. */
export function isRestartDone(workload: Workload, mark: string): boolean {
  return isRestarted(workload.restartedAt, mark) && isRolledOut(workload);
}

function changeOf(region: string, name: string, restartedAt: string | undefined): Change {
  const before = restartedAt === undefined ? 'not reachable now' : restartedAt || 'never restarted on purpose';
  return { what: `Pods of ${name} in ${region}`, before, after: 'restarted, one after the other' };
}
