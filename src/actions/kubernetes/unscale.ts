import type { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Autoscaler } from '../../adapters/kubernetes/shapes.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import type { Change, Done, Observation, Undo } from '../../domain/action.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { plannedOf } from './owners.ts';
import { look, type Seen, type Setting, Settings, settingOf, showSetting } from './settings.ts';

interface SeenSettings extends Observation {
  facts: { settings: Record<string, Setting>; owner: string };
}

type Input = z.ZodType<{ region: string }>;

/**
 * Gives deployments, or the autoscalers that own them, the numbers that they had before. A deployment that only now has
 * an autoscaler is left to it. It does not wait for pods to end.
 */
export function unscale(clients: Clients) {
  return {
    title: ({ region }) => `Scale ${region} back to what it was`,
    repeat:
      'It sets named deployments and autoscalers to the numbers that they had, and each patch names the resourceVersion that it was decided on: a late one is a conflict.',
    change(observed, { region }, _context, done) {
      const before = settingsBefore(done, region);
      const changes = Object.entries(before).map(([name, old]) =>
        changeOf(region, name, old, observed?.facts.settings[name], observed !== undefined),
      );
      return plannedOf(changes, observed?.facts.owner);
    },
    async run(context, { region }, done) {
      const before = settingsBefore(done, region);
      const cluster = clusterOf(clients, context.system, region);
      const changes = new Map<string, Change>();
      await context.waitUntil(async () => {
        const seen = await look(cluster, Object.keys(before), context.signal);
        const wrong = seen.flatMap((one) => {
          const change = changeOf(region, one.workload.name, before[one.workload.name], settingOf(one), true);
          return change ? [{ one, change }] : [];
        });
        for (const { one, change } of wrong) {
          const old = before[one.workload.name];
          if (!old) continue;
          if (!changes.has(one.workload.name)) changes.set(one.workload.name, change);
          context.changed([...changes.values()]);
          await context.assertLease();
          await setBack(cluster, one, old, context.signal);
        }
        return wrong.length === 0 || undefined;
      });
      return { outputs: { settings: before }, changes: [...changes.values()] };
    },
  } satisfies Undo<Input, SeenSettings>;
}

function settingsBefore(done: Done, region: string): Record<string, Setting> {
  const subject = `replicas and autoscalers in ${region}`;
  return whatWasBefore(done, Settings, { subject, seen: ({ settings }) => settings });
}

async function setBack(
  cluster: ReturnType<typeof clusterOf>,
  { workload, autoscaler }: Seen,
  old: Setting,
  signal: AbortSignal,
): Promise<void> {
  if ('replicas' in old) await cluster.setReplicas(workload, old.replicas, signal);
  else if (autoscaler) await cluster.setBounds(autoscaler, boundsOf(old), signal);
}

function boundsOf({ minReplicas, maxReplicas }: Pick<Autoscaler, 'minReplicas' | 'maxReplicas'>) {
  return { minReplicas, maxReplicas };
}

/** Undefined when it is as it was, or when something else sets it now. */
function changeOf(
  region: string,
  name: string,
  old: Setting | undefined,
  now: Setting | undefined,
  reachable: boolean,
): Change | undefined {
  const what = `${name} in ${region}`;
  if (!old) return undefined;
  if (!reachable) return { what, before: 'not reachable now', after: showSetting(old) };
  if (!now || 'replicas' in old !== 'replicas' in now) return undefined;
  const [before, after] = [showSetting(now), showSetting(old)];
  return before === after ? undefined : { what, before, after };
}
