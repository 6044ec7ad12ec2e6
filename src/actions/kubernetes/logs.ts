import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';
import { redact } from '../cloudwatch/redact.ts';
import { DeploymentsInput } from './deployments.ts';
import { examine, type TroubledPod } from './health.ts';

/** Lines that are read of each pod, and of them kept. */
const READ = 100;
const KEPT = 3;
/** Failing pods that are read, of each deployment and reason one after the other. */
const MOST_PODS = 6;
const MOST_CHARACTERS = 200;

const Output = z.object({
  /** Newest lines that tell of errors, by pod: bounded, and without what looks like a secret. */
  lines: z.record(z.string(), z.array(z.string())),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const logs = (clients: Clients) =>
  defineAction({
    id: 'k8s.logs',
    summary: 'Read the newest error lines of the pods that fail',
    effect: 'read',
    input: DeploymentsInput,
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      cluster: { nodes: ['list'] },
      namespace: {
        pods: ['list'],
        'pods/log': ['get'],
        'apps/deployments': ['get'],
        'apps/replicasets': ['list'],
        'autoscaling/horizontalpodautoscalers': ['list'],
      },
    },
    examples: [{ title: 'The services of a region', with: { region: 'us-east-1' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 3,
    async observe(context, input) {
      return { facts: {}, measurements: await read(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => read(clients, context, input));
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

async function read(
  clients: Clients,
  { system, signal, clock }: ObserveContext,
  { region, deployments = system.kubernetes.deployments }: z.infer<typeof DeploymentsInput>,
): Promise<Output> {
  const cluster = clusterOf(clients, system, region);
  const healths = await examine(cluster, deployments, clock.now(), signal);
  const chosen = chooseFrom(healths.flatMap(({ troubled }) => troubled));
  const found = await Promise.all(
    chosen.map(async (one) => [one.pod.name, await errorsOf(cluster, one, signal)] as const),
  );
  const lines = Object.fromEntries(found.filter(([, errors]) => errors.length > 0));
  const [first] = Object.entries(lines);
  return {
    lines,
    sentence: first
      ? `Newest error of ${first[0]}: ${first[1].at(-1)}`
      : `The logs of ${chosen.length} failing pods in ${region} hold no error.`,
  };
}

/** One pod of each release and reason first: they tell more than ten of the same. */
function chooseFrom(troubled: TroubledPod[]): TroubledPod[] {
  const groups = Map.groupBy(troubled, ({ pod, trouble }) => `${pod.replicaSet} ${trouble}`);
  const [firsts, others] = [
    [...groups.values()].map(([first]) => first),
    [...groups.values()].flatMap((group) => group.slice(1)),
  ];
  return [...firsts, ...others].filter((one) => one !== undefined).slice(0, MOST_PODS);
}

/** Of a container that does not run, or has just begun again, the run before it tells why. */
async function errorsOf(cluster: Cluster, { pod }: TroubledPod, signal: AbortSignal): Promise<string[]> {
  if (pod.unschedulable !== '') return [short(pod.unschedulable)];
  const previous = pod.restarts > 0;
  try {
    const text = await cluster.logs(pod, { lines: READ, previous }, signal);
    const all = text.split('\n').filter(Boolean);
    const errors = all.filter((line) => /\b(?:error|fatal|panic|exception|critical)\b/i.test(line));
    const warnings = all.filter((line) => /\bwarn(?:ing)?\b/i.test(line));
    return (errors.length > 0 ? errors : warnings).slice(-KEPT).map(short);
  } catch (error) {
    // A container that never ran has no log; what the kubelet says instead is as good.
    if (error instanceof LifeboatError && error.name === 'Permanent') return [short(pod.message || error.message)];
    throw error;
  }
}

/** A line as it may be shown: without secrets, and not longer than it is worth. */
function short(line: string): string {
  const clean = redact(line);
  return clean.length > MOST_CHARACTERS ? `${clean.slice(0, MOST_CHARACTERS - 1)}…` : clean;
}
