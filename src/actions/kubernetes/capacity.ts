import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { ClusterNode, Reservation, Workload } from '../../adapters/kubernetes/shapes.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { readProfile } from './profile.ts';
import { freeRoom, place, type Room, sum } from './room.ts';

const Output = z.object({
  /** What the pods that fit on no node want: those to be added, and those that wait already. */
  missingMillicores: z.int(),
  missingMebibytes: z.int(),
  missingPods: z.int(),
  freeMillicores: z.int(),
  freeMebibytes: z.int(),
  /** What the pods to be added will reserve. */
  neededMillicores: z.int(),
  neededMebibytes: z.int(),
  /** What that means for a person, in a sentence. */
  advice: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = z.strictObject({
  region: Region,
  /** Replicas by deployment, from `config/scaling-profiles.yaml`. */
  profile: z.string().min(1).optional(),
  /** Or so many replicas of one deployment. With neither, only pods that wait already are placed. */
  deployment: z.string().min(1).optional(),
  replicas: z.int().min(0).optional(),
});
type Input = z.infer<typeof Input>;

export const capacity = (clients: Clients) =>
  defineAction({
    id: 'k8s.capacity',
    summary: "Compare a cluster's free processors, memory and places for pods with what deployments will need",
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: { cluster: { nodes: ['list'], pods: ['list'] }, namespace: { 'apps/deployments': ['get'] } },
    examples: [
      { title: 'Room for full capacity', with: { region: 'us-west-2', profile: 'full' } },
      { title: 'Room for one deployment', with: { region: 'us-east-1', deployment: 'chatbot-api', replicas: 30 } },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ region }) => `replicas/${region}`,
    expectedSeconds: () => 1,
    async observe(context, input) {
      return { facts: {}, measurements: await measure(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      return { outputs: await context.waitUntil(() => measure(clients, context, input)), changes: [] };
    },
  });

async function measure(clients: Clients, context: ObserveContext, input: Input): Promise<Output> {
  const { system, signal } = context;
  const cluster = clusterOf(clients, system, input.region);
  const wanted = wantedReplicas(context, input);
  const [nodes, reservations, ...workloads] = await Promise.all([
    cluster.nodes(signal),
    cluster.reservations(signal),
    ...Object.keys(wanted).map((name) => cluster.workload(name, signal)),
  ]);
  return placePods(nodes, reservations, additionalPods(workloads, wanted));
}

function wantedReplicas(context: ObserveContext, { profile, deployment, replicas = 0 }: Input): Record<string, number> {
  return {
    ...(profile === undefined ? {} : readProfile(context, profile)),
    ...(deployment === undefined ? {} : { [deployment]: replicas }),
  };
}

/** What each pod will reserve that comes to those there are. */
export function additionalPods(
  workloads: Pick<Workload, 'name' | 'existing' | 'podMillicores' | 'podMebibytes'>[],
  wanted: Record<string, number>,
): Room[] {
  return workloads.flatMap(({ name, existing, podMillicores, podMebibytes }) =>
    Array.from({ length: Math.max(0, (wanted[name] ?? 0) - existing) }, () => ({
      millicores: podMillicores,
      mebibytes: podMebibytes,
    })),
  );
}

/** Places pods that wait already, then the additional ones, largest first; what fits nowhere is missing. */
export function placePods(nodes: ClusterNode[], reservations: Reservation[], additional: Room[]): Output {
  const { free, waiting } = freeRoom(nodes, reservations);
  const freeMillicores = sum(free.map(({ millicores }) => Math.max(0, millicores)));
  const freeMebibytes = sum(free.map(({ mebibytes }) => Math.max(0, mebibytes)));
  const all: Room[] = [...waiting, ...additional.toSorted((a, b) => b.millicores - a.millicores)];
  const missing = place(free, all);
  return {
    missingMillicores: sum(missing.map(({ millicores }) => millicores)),
    missingMebibytes: sum(missing.map(({ mebibytes }) => mebibytes)),
    missingPods: missing.length,
    freeMillicores,
    freeMebibytes,
    neededMillicores: sum(additional.map(({ millicores }) => millicores)),
    neededMebibytes: sum(additional.map(({ mebibytes }) => mebibytes)),
    advice:
      missing.length === 0
        ? `There is room for every pod: ${freeMillicores} millicores and ${freeMebibytes} MiB are free.`
        : `${missing.length} of ${all.length} pods fit on no node: ${freeMillicores} millicores and ${freeMebibytes} MiB are free, on ${nodes.length} nodes. Add nodes, or scale other workloads down.`,
  };
}
