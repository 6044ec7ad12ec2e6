import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { workloadsLock } from './lock.ts';
import { joinOwners, plannedOf } from './owners.ts';
import { readProfile } from './profile.ts';
import { look, type Seen, type Setting, Settings, settingOf, showSetting } from './settings.ts';
import { unscale } from './unscale.ts';

export const scale = (clients: Clients) =>
  defineAction({
    id: 'k8s.scale',
    summary: 'Raise deployments to a scaling profile, and wait until the pods are ready',
    effect: 'reversible',
    input: z.strictObject({ region: Region, profile: z.string().min(1) }),
    output: z.object({
      ready: z.record(z.string(), z.int()),
      /** What this attempt changed, as it was; what an earlier one changed stands in the plan. */
      before: Settings,
    }),
    repeat:
      'It only raises, to numbers that stand in the profile, and each patch names the resourceVersion that it was decided on: a late one is a conflict.',
    permissions: {
      namespace: {
        'apps/deployments': ['get'],
        'apps/deployments/scale': ['patch'],
        'autoscaling/horizontalpodautoscalers': ['list', 'patch'],
      },
    },
    examples: [{ title: 'Full capacity', with: { region: 'us-west-2', profile: 'full' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    subject: ({ region }) => `replicas/${region}`,
    // Pods start side by side, each 15 to 45 s from scheduled to ready; an autoscaler looks every 15 s.
    expectedSeconds: () => 60,
    async observe(context, { region, profile }) {
      const names = Object.keys(readProfile(context, profile));
      const seen = await look(clusterOf(clients, context.system, region), names, context.signal);
      return {
        facts: {
          settings: Object.fromEntries(seen.map((one) => [one.workload.name, settingOf(one)])),
          owner: ownerOf(seen),
        },
        measurements: { ready: Object.fromEntries(seen.map(({ workload }) => [workload.name, workload.ready])) },
      };
    },
    change(observed, { region, profile }, context) {
      const wanted = readProfile(context, profile);
      const changes = Object.entries(wanted).map(([name, replicas]) =>
        changeOf(region, name, observed?.facts.settings[name], replicas),
      );
      return plannedOf(changes, observed?.facts.owner);
    },
    async run(context, { region, profile }) {
      const { signal } = context;
      const cluster = clusterOf(clients, context.system, region);
      const wanted = readProfile(context, profile);
      const changes = new Map<string, Change>();
      const before: z.infer<typeof Settings> = {};
      const ready = await context.waitUntil(async () => {
        const seen = await look(cluster, Object.keys(wanted), signal);
        for (const { workload, autoscaler } of seen) {
          const replicas = wanted[workload.name] ?? 0;
          const setting = settingOf({ workload, autoscaler });
          const change = changeOf(region, workload.name, setting, replicas);
          if (!change) continue;
          before[workload.name] ??= setting;
          if (!changes.has(workload.name)) changes.set(workload.name, change);
          context.changed([...changes.values()]);
          await context.assertLease();
          if (autoscaler) await cluster.setBounds(autoscaler, raised(autoscaler, replicas), signal);
          else await cluster.setReplicas(workload, replicas, signal);
        }
        context.progress(
          seen.map(({ workload: { name, ready } }) => `${name} ${ready}/${wanted[name]} ready`).join(', '),
        );
        const done = seen.every(({ workload }) => workload.ready >= (wanted[workload.name] ?? 0));
        return done ? Object.fromEntries(seen.map(({ workload }) => [workload.name, workload.ready])) : undefined;
      });
      return { outputs: { ready, before }, changes: [...changes.values()] };
    },
    undo: unscale(clients),
  });

export function raised({ minReplicas, maxReplicas }: { minReplicas: number; maxReplicas: number }, wanted: number) {
  return { minReplicas: Math.max(minReplicas, wanted), maxReplicas: Math.max(maxReplicas, wanted) };
}

/** Undefined when the setting is high enough already. */
export function changeOf(
  region: string,
  name: string,
  setting: Setting | undefined,
  wanted: number,
): Change | undefined {
  const what = `${name} in ${region}`;
  if (!setting) return { what, before: 'not reachable now', after: `at least ${wanted} replicas` };
  if ('replicas' in setting) {
    if (setting.replicas >= wanted) return undefined;
    return { what, before: showSetting(setting), after: showSetting({ replicas: wanted }) };
  }
  const after = raised(setting, wanted);
  if (after.minReplicas === setting.minReplicas && after.maxReplicas === setting.maxReplicas) return undefined;
  return { what, before: showSetting(setting), after: showSetting({ ...setting, ...after }) };
}

/** Everything else that sets these numbers; '' when nothing does. */
export function ownerOf(seen: Seen[]): string {
  const owners = seen.flatMap(({ workload, autoscaler }) => [
    autoscaler ? `autoscaler ${autoscaler.name}` : '',
    autoscaler?.owner ?? '',
    workload.owner,
  ]);
  return joinOwners(owners);
}
