import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { DeploymentsInput } from './deployments.ts';
import { adviceOf, countTroubles, readyOf, sentenceOf } from './diagnosis.ts';
import { examine, type Health, replaceable, replicasWanted } from './health.ts';
import { sum } from './room.ts';
import { selects, setOf } from './route-around.ts';

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
  /** All deployments stopped answering at once: what they share is the matter, and nothing here repairs that. */
  shared: z.boolean(),
  /** Deployments that more pods would help. */
  exhausted: z.int(),
  /** Services that send requests to the pods of one release only. */
  pinned: z.int(),
  /** Ready and wanted pods and what is the matter, by deployment. */
  deployments: z.record(z.string(), z.string()),
  /** Replicas with which they would be well, by deployment: those that more pods would help. */
  targets: z.record(z.string(), z.int()),
  sentence: z.string(),
  advice: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = DeploymentsInput.extend({
  /** A command line without /dr that is proposed when pods fail. */
  propose: z.string().min(1).optional(),
  /** The same where what fails is something that all of them share. */
  proposeShared: z.string().min(1).optional(),
});

export const pods = (clients: Clients) =>
  defineAction({
    id: 'k8s.pods',
    summary: 'Say which pods of the deployments fail, and why',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      cluster: { nodes: ['list'] },
      namespace: {
        pods: ['list'],
        services: ['list'],
        'apps/deployments': ['get'],
        'apps/replicasets': ['list'],
        'autoscaling/horizontalpodautoscalers': ['list'],
      },
    },
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
      const { sentence, advice, troubled, shared } = outputs;
      const proposal = shared ? input.proposeShared : troubled > 0 ? input.propose : undefined;
      return { outputs, changes: [], finding: { sentence: `${sentence} ${advice}`, proposal } };
    },
  });

async function measure(
  clients: Clients,
  { system, signal, clock }: ObserveContext,
  { region, deployments = system.kubernetes.deployments, proposeShared }: z.infer<typeof Input>,
): Promise<Output> {
  const cluster = clusterOf(clients, system, region);
  const [healths, services] = await Promise.all([
    examine(cluster, deployments, clock.now(), signal),
    cluster.services(signal),
  ]);
  const pinned = services.filter(
    (service) => setOf(service) !== '' && healths.some(({ workload }) => selects(service.selector, workload.podLabels)),
  );
  return outputOf(region, healths, { pinned: pinned.map(({ name }) => name), proposeShared });
}

function outputOf(
  region: string,
  healths: Health[],
  { pinned, proposeShared }: { pinned: string[]; proposeShared: string | undefined },
): Output {
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
    shared: healths.some(({ isShared }) => isShared),
    exhausted: healths.filter(({ exhausted }) => exhausted).length,
    pinned: pinned.length,
    deployments: Object.fromEntries(healths.map((health) => [health.workload.name, lineOf(health)])),
    targets: Object.fromEntries(
      healths.flatMap((health) => {
        const wanted = replicasWanted(health);
        return wanted === undefined ? [] : [[health.workload.name, wanted] as const];
      }),
    ),
    sentence: sentenceOf(region, healths, pinned),
    advice: adviceOf(healths, pinned, proposeShared),
  };
}

function lineOf(health: Health): string {
  const counts = Object.entries(countTroubles([health])).filter(([, count]) => count > 0);
  const reasons = counts.map(([trouble, count]) => `, ${count} ${trouble}`).join('');
  return `${readyOf(health)}/${health.workload.replicas}${reasons}`;
}
