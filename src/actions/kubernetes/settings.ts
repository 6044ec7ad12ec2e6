import { z } from 'zod';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import type { Autoscaler, Workload } from '../../adapters/kubernetes/shapes.ts';

/** A deployment, and what sets its replicas if anything does: its bounds are set instead of fighting it. */
export interface Seen {
  workload: Workload;
  autoscaler: Autoscaler | undefined;
}

/** What sets how many pods a deployment has: an autoscaler's bounds, or the replicas themselves. */
const Setting = z.union([
  z.object({ replicas: z.int() }),
  z.object({ autoscaler: z.string(), minReplicas: z.int(), maxReplicas: z.int() }),
]);
export type Setting = z.infer<typeof Setting>;

/** By deployment. */
export const Settings = z.record(z.string(), Setting);

/** The deployments of these names with their autoscalers, in that order. Throws what the cluster threw. */
export async function look(cluster: Cluster, names: string[], signal: AbortSignal): Promise<Seen[]> {
  const [autoscalers, ...workloads] = await Promise.all([
    cluster.autoscalers(signal),
    ...names.map((name) => cluster.workload(name, signal)),
  ]);
  return workloads.map((workload) => ({
    workload,
    autoscaler: autoscalers.find(({ target }) => target === workload.name),
  }));
}

export function settingOf({ workload, autoscaler }: Seen): Setting {
  if (!autoscaler) return { replicas: workload.replicas };
  const { name, minReplicas, maxReplicas } = autoscaler;
  return { autoscaler: name, minReplicas, maxReplicas };
}

/** `10 replicas`, `autoscaler chatbot-api between 2 and 30`. */
export function showSetting(setting: Setting): string {
  if ('replicas' in setting) return `${setting.replicas} replicas`;
  return `autoscaler ${setting.autoscaler} between ${setting.minReplicas} and ${setting.maxReplicas}`;
}
