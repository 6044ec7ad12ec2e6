import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Action, type Change, defineAction, type Observation, type ObserveContext } from '../../domain/action.ts';
import type { Permissions } from '../../domain/permissions.ts';
import { Region } from '../../domain/system.ts';
import { workloadsLock } from './lock.ts';
import { plannedOf } from './owners.ts';
import { fitting, sum } from './room.ts';
import { changeOf, ownerOf, raised } from './scale.ts';
import { look, type Seen, type Setting, Settings, settingOf } from './settings.ts';
import { unscale } from './unscale.ts';

const Input = z.strictObject({
  region: Region,
  /** Replicas that are wanted at least, by deployment. */
  replicas: z.record(z.string(), z.int().min(0)),
});
type Input = z.infer<typeof Input>;

const Output = z.object({
  ready: z.record(z.string(), z.int()),
  /** Replicas that were wanted and have no room on the nodes. */
  withoutRoom: z.int(),
  /** What this attempt changed, as it was; what an earlier one changed stands in the plan. */
  before: Settings,
  sentence: z.string(),
});

interface Observed extends Observation {
  facts: { settings: Record<string, Setting>; owner: string };
  /** Replicas that each deployment can have. */
  measurements: { possible: Record<string, number> };
}

/** A deployment with how many replicas it can have. */
interface Fit extends Seen {
  /** At least as many as it is set to now. */
  replicas: number;
  withoutRoom: number;
}

/**
 * Raises deployments as far as the nodes have room, by processors, memory and places for pods: those that `takes` takes.
 * The two actions that are made of it differ in who owns the number of replicas.
 */
export function raise(
  clients: Clients,
  {
    id,
    summary,
    permissions,
    example,
    takes,
  }: {
    id: string;
    summary: string;
    /** In the namespace, beside what both need. */
    permissions: Permissions['namespace'];
    example: { title: string; with: Input };
    takes: (seen: Seen) => boolean;
  },
): Action {
  const lookAt = async (context: ObserveContext, { region, replicas }: Input): Promise<Fit[]> => {
    const cluster = clusterOf(clients, context.system, region);
    const seen = await look(cluster, Object.keys(replicas), context.signal);
    return fitOnNodes(cluster, seen.filter(takes), replicas, context.signal);
  };
  return defineAction<typeof Input, typeof Output, Observed>({
    id,
    summary,
    effect: 'reversible',
    input: Input,
    output: Output,
    repeat:
      'It only raises, to numbers that stand in its input or that still fit, and each patch names the resourceVersion that it was decided on: a late one is a conflict.',
    permissions: {
      cluster: { nodes: ['list'], pods: ['list'] },
      namespace: { 'apps/deployments': ['get'], ...permissions },
    },
    examples: [example],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    subject: ({ region }) => `replicas/${region}`,
    // Pods start side by side, each 15 to 45 s from scheduled to ready; an autoscaler looks every 15 s.
    expectedSeconds: () => 60,
    async observe(context, input): Promise<Observed> {
      const fits = await lookAt(context, input);
      return {
        facts: {
          settings: Object.fromEntries(fits.map((one) => [one.workload.name, settingOf(one)])),
          owner: ownerOf(fits),
        },
        measurements: { possible: Object.fromEntries(fits.map(({ workload, replicas }) => [workload.name, replicas])) },
      };
    },
    change(observed, { region }) {
      if (!observed) return { changes: [] };
      const { settings, owner } = observed.facts;
      const changes = Object.entries(observed.measurements.possible).map(([name, replicas]) =>
        changeOf(region, name, settings[name], replicas),
      );
      return plannedOf(changes, owner);
    },
    async run(context, input) {
      const { region } = input;
      const cluster = clusterOf(clients, context.system, region);
      const changes = new Map<string, Change>();
      const before: z.infer<typeof Settings> = {};
      const goals = new Map<string, number>();
      let withoutRoom: number | undefined;
      const ready = await context.waitUntil(async () => {
        const fits = await lookAt(context, input);
        withoutRoom ??= sum(fits.map((one) => one.withoutRoom));
        for (const one of fits) {
          const { workload, autoscaler } = one;
          // Decided once: what was raised takes the room that is looked at next.
          const replicas = goals.get(workload.name) ?? one.replicas;
          goals.set(workload.name, replicas);
          const setting = settingOf(one);
          const change = changeOf(region, workload.name, setting, replicas);
          if (!change) continue;
          before[workload.name] ??= setting;
          if (!changes.has(workload.name)) changes.set(workload.name, change);
          context.changed([...changes.values()]);
          await context.assertLease();
          if (autoscaler) await cluster.setBounds(autoscaler, raised(autoscaler, replicas), context.signal);
          else await cluster.setReplicas(workload, replicas, context.signal);
        }
        const seen = fits.map(({ workload }) => workload);
        context.progress(seen.map(({ name, ready }) => `${name} ${ready}/${goals.get(name)} ready`).join(', '));
        const done = seen.every(({ name, ready }) => ready >= (goals.get(name) ?? 0));
        return done ? Object.fromEntries(seen.map(({ name, ready }) => [name, ready])) : undefined;
      });
      const missing = withoutRoom ?? 0;
      const sentence = sentenceOf(region, Object.keys(ready), missing);
      return {
        outputs: { ready, withoutRoom: missing, before, sentence },
        changes: [...changes.values()],
        ...(missing > 0 ? { finding: { sentence } } : {}),
      };
    },
    undo: unscale(clients),
  });
}

/** How many replicas each deployment can have; what one of them takes is no room for the next. */
async function fitOnNodes(
  cluster: Cluster,
  seen: Seen[],
  wanted: Record<string, number>,
  signal: AbortSignal,
): Promise<Fit[]> {
  const [nodes, reservations] = await Promise.all([cluster.nodes(signal), cluster.reservations(signal)]);
  const taken = [...reservations];
  return seen.map((one) => {
    const { workload, autoscaler } = one;
    const set = autoscaler ? Math.max(autoscaler.minReplicas, 0) : workload.replicas;
    const size = { millicores: workload.podMillicores, mebibytes: workload.podMebibytes };
    const asked = wanted[workload.name] ?? 0;
    const more = Math.max(0, asked - Math.max(workload.replicas, workload.existing));
    const fits = fitting(nodes, taken, size, more);
    // They will wait for a node, as the scheduler sees it.
    for (let count = 0; count < fits; count++) taken.push({ node: '', ...size });
    return { ...one, replicas: Math.max(set, asked - (more - fits)), withoutRoom: more - fits };
  });
}

function sentenceOf(region: string, names: string[], withoutRoom: number): string {
  if (names.length === 0) return `No deployment in ${region} was to be raised here.`;
  return withoutRoom === 0
    ? `${names.join(', ')} in ${region} have as many ready pods as were asked for.`
    : `The nodes in ${region} have no room for ${withoutRoom} of the pods that were asked for, of ${names.join(', ')}. Add nodes, or scale other workloads down.`;
}
