import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { adviceOf, countTroubles, readyOf, sentenceOf } from './diagnosis.ts';
import { examine, type Health, replaceable } from './health.ts';
import { sum } from './room.ts';

const Output = z.object({
  /** Pods that serve, and that are wanted. */
  ready: z.int(),
  wanted: z.int(),
  /** Pods that something is the matter with, and of them by reason. */
  troubled: z.int(),
  crashLooping: z.int(),
  outOfMemory: z.int(),
  imageMissing: z.int(),
  probesFailing: z.int(),
  unschedulable: z.int(),
  nodeLost: z.int(),
  /** Restarts of the containers of those pods. */
  restarts: z.int(),
  /** Failing pods that another one in their place may mend. */
  replaceable: z.int(),
  /** Deployments whose newest release fails, with a release to go back to. */
  badReleases: z.int(),
  /** Of these, those of which another release still serves. */
  routable: z.int(),
  /** Ready and wanted pods and what is the matter, by deployment. */
  deployments: z.record(z.string(), z.string()),
  /** Replicas with one more for each pod that fails, by deployment: those that have failing pods of a good release. */
  targets: z.record(z.string(), z.int()),
  sentence: z.string(),
  advice: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = z.strictObject({
  region: Region,
  /** Those of system.yaml when absent. */
  deployments: z.array(z.string().min(1)).min(1).optional(),
  /** A command line without /dr that is proposed when pods fail. */
  propose: z.string().min(1).optional(),
});

export const pods = (clients: Clients) =>
  defineAction({
    id: 'k8s.pods',
    summary: 'Say which pods of the deployments fail, and why',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: ['cluster: list nodes', 'namespace: list pods, apps/replicasets', 'namespace: get apps/deployments'],
    examples: [{ title: 'The services of a region', with: { region: 'us-east-1' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ region }) => `replicas/${region}`,
    expectedSeconds: () => 2,
    async observe(context, input) {
      return { facts: {}, measurements: await measure(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => measure(clients, context, input));
      const { sentence, advice, troubled } = outputs;
      const proposal = troubled > 0 ? input.propose : undefined;
      return { outputs, changes: [], finding: { sentence: `${sentence} ${advice}`, proposal } };
    },
  });

async function measure(
  clients: Clients,
  { system, signal, clock }: ObserveContext,
  { region, deployments = system.kubernetes.deployments }: z.infer<typeof Input>,
): Promise<Output> {
  return outputOf(region, await examine(clusterOf(clients, system, region), deployments, clock.now(), signal));
}

function outputOf(region: string, healths: Health[]): Output {
  const counts = countTroubles(healths);
  const troubled = healths.flatMap((health) => health.troubled);
  return {
    ready: sum(healths.map(readyOf)),
    wanted: sum(healths.map(({ workload }) => workload.replicas)),
    troubled: troubled.length,
    crashLooping: counts['crash-loop'],
    outOfMemory: counts['out-of-memory'],
    imageMissing: counts.image,
    probesFailing: counts.probe,
    unschedulable: counts.unschedulable,
    nodeLost: counts['node-lost'],
    restarts: sum(troubled.map(({ pod }) => pod.restarts)),
    replaceable: sum(healths.map((health) => replaceable(health).length)),
    badReleases: healths.filter(({ bad }) => bad).length,
    routable: healths.filter(({ healthy }) => healthy).length,
    deployments: Object.fromEntries(healths.map((health) => [health.workload.name, lineOf(health)])),
    targets: Object.fromEntries(
      healths
        .filter((health) => replaceable(health).length > 0)
        .map((health) => [health.workload.name, health.workload.replicas + replaceable(health).length]),
    ),
    sentence: sentenceOf(region, healths),
    advice: adviceOf(healths),
  };
}

function lineOf(health: Health): string {
  const counts = Object.entries(countTroubles([health])).filter(([, count]) => count > 0);
  const reasons = counts.map(([trouble, count]) => `, ${count} ${trouble}`).join('');
  return `${readyOf(health)}/${health.workload.replicas}${reasons}`;
}
