import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { DeploymentsInput } from './deployments.ts';
import { readyOf } from './diagnosis.ts';
import { examine, type Health, replaceable, TROUBLES, type TroubledPod } from './health.ts';
import { workloadsLock } from './lock.ts';
import { sum } from './room.ts';

/** A pod that fails, as a plan shows and a run notes it. */
const Failing = z.record(z.string(), z.string());

export const restartFailed = (clients: Clients) =>
  defineAction({
    id: 'k8s.restart-failed',
    summary: 'Replace the pods that fail, and only those, and wait until others are ready in their place',
    effect: 'reversible',
    input: DeploymentsInput,
    output: z.object({
      /** What was the matter, by pod that was replaced. */
      replaced: Failing,
      ready: z.int(),
    }),
    repeat:
      'Each pod is deleted by its uid: a late call meets no pod any more, and never the one that took the place of another.',
    permissions: {
      cluster: { nodes: ['list'] },
      namespace: {
        pods: ['list', 'delete'],
        'apps/deployments': ['get'],
        'apps/replicasets': ['list'],
        'autoscaling/horizontalpodautoscalers': ['list'],
      },
    },
    examples: [{ title: 'The services of a region', with: { region: 'us-east-1' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    subject: ({ region }) => `replicas/${region}`,
    // All at once: each 2 to 8 s until it has ended, and 15 to 45 s until another is ready.
    expectedSeconds: () => 60,
    withoutUndo: 'pods that were replaced do not come back; they did not work',
    async observe({ system, signal, clock }, { region, deployments = system.kubernetes.deployments }) {
      const healths = await examine(clusterOf(clients, system, region), deployments, clock.now(), signal);
      return { facts: {}, measurements: { failing: describe(healths.flatMap(replaceable)) } };
    },
    change(observed, { region }) {
      if (!observed) return { changes: [changeOf(region, 'Failing pods', undefined)] };
      const { failing } = observed.measurements;
      return { changes: Object.entries(failing).map(([pod, trouble]) => changeOf(region, pod, trouble)) };
    },
    async run(context, { region, deployments = context.system.kubernetes.deployments }) {
      const { system, signal, clock } = context;
      const cluster = clusterOf(clients, system, region);
      let replaced: Record<string, string> | undefined;
      const changes: Change[] = [];
      const ready = await context.waitUntil(async () => {
        const healths = await examine(cluster, deployments, clock.now(), signal);
        if (!replaced) {
          const failing = healths.flatMap(replaceable);
          const noted = describe(failing);
          changes.push(...Object.entries(noted).map(([pod, trouble]) => changeOf(region, pod, trouble)));
          context.changed(changes);
          for (const { pod } of failing) {
            await context.assertLease();
            await cluster.deletePod(pod, signal);
          }
          replaced = noted;
          return failing.length === 0 ? sum(healths.map(readyOf)) : undefined;
        }
        const noted = replaced;
        refuseFailingAgain(region, healths, noted);
        const affected = healths.filter(({ pods }) => pods.length > 0);
        context.progress(
          affected.map((one) => `${one.workload.name} ${readyOf(one)}/${one.workload.replicas}`).join(', '),
        );
        return affected.every((health) => isDone(health, noted)) ? sum(healths.map(readyOf)) : undefined;
      });
      return { outputs: { replaced: replaced ?? {}, ready }, changes };
    },
  });

const describe = (failing: TroubledPod[]): Record<string, string> =>
  Object.fromEntries(failing.map(({ pod, trouble }) => [pod.name, TROUBLES[trouble]]));

/** Whoever took a failing pod's place and fails too is not mended by another one. */
function refuseFailingAgain(region: string, healths: Health[], replaced: Record<string, string>): void {
  const again = healths
    .flatMap(replaceable)
    .filter(({ pod, trouble }) => replaced[pod.name] === undefined && trouble === 'crash-loop' && pod.restarts > 0);
  const [first] = again;
  if (!first) return;
  throw new Permanent(
    'kubernetes.fails-again',
    `${again.length} pods in ${region} that replaced failing ones fail again: ${first.pod.name} is ${TROUBLES[first.trouble]}. Read its log; what it needs is not a restart.`,
  );
}

/** Every pod serves that is not of a bad release, without its image, or without room: those are no matter of a restart. */
function isDone({ workload, pods, troubled, bad }: Health, replaced: Record<string, string>): boolean {
  const left = pods.filter(({ name, isEnding, isFinished }) => replaced[name] && !isEnding && !isFinished);
  const others = troubled.filter(
    ({ pod, trouble }) => trouble === 'unschedulable' || trouble === 'image' || pod.replicaSet === bad?.name,
  );
  const living = pods.filter(({ isEnding, isFinished }) => !isEnding && !isFinished).length;
  const ready = pods.filter(({ isReady, isEnding }) => isReady && !isEnding).length;
  return left.length === 0 && living >= workload.replicas && ready + others.length >= living;
}

function changeOf(region: string, pod: string, trouble: string | undefined): Change {
  return { what: `${pod} in ${region}`, before: trouble ?? 'not reachable now', after: 'replaced by another pod' };
}
