import type { Clients } from '../../adapters/index.ts';
import type { Manifest } from '../../adapters/kubernetes/objects.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import type { Change, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { applyChange, keyOf, look, removeChange, type Standings } from './manifest.ts';

interface Brought {
  changes: Change[];
  /** How each object stood that was changed. */
  before: Standings;
}

/**
 * Applies these objects, and waits until their deployments are available. Throws Permanent where one is there that
 * Lifeboat did not apply: it would be taken over.
 */
export async function bringAbout(
  clients: Clients,
  context: RunContext,
  { region, manifests }: { region: string; manifests: Manifest[] },
): Promise<Brought> {
  const { system, signal } = context;
  const cluster = clusterOf(clients, system, region);
  const changes = new Map<string, Change>();
  const before: Brought['before'] = {};
  await context.waitUntil(async () => {
    for (const { manifest, standing } of await look(cluster, manifests, signal)) {
      const key = keyOf(manifest);
      const change = applyChange(region, key, standing);
      if (!change) continue;
      if (standing === 'present') {
        throw notOurs(region, manifest);
      }
      before[key] ??= standing;
      if (!changes.has(key)) changes.set(key, change);
      context.changed([...changes.values()]);
      await context.assertLease();
      await cluster.objects.apply(manifest, signal);
    }
    const names = manifests.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name);
    const workloads = await Promise.all(names.map((name) => cluster.workload(name, signal)));
    context.progress(workloads.map(({ name, available, replicas }) => `${name} ${available}/${replicas}`).join(', '));
    const done = workloads.every(
      ({ available, replicas, generation, observedGeneration }) =>
        observedGeneration >= generation && available >= replicas,
    );
    return done || undefined;
  });
  return { changes: [...changes.values()], before };
}

/**
 * Deletes these objects, the last one first, and waits until they are gone. Only Lifeboat's: where another one is there,
 * nothing is deleted and Permanent is thrown, or it is left as it is with `leaveOthers`.
 */
export async function takeAway(
  clients: Clients,
  context: RunContext,
  { region, manifests, leaveOthers = false }: { region: string; manifests: Manifest[]; leaveOthers?: boolean },
): Promise<Brought> {
  const { system, signal } = context;
  const cluster = clusterOf(clients, system, region);
  const changes = new Map<string, Change>();
  const before: Brought['before'] = {};
  await context.waitUntil(async () => {
    const seen = await look(cluster, manifests.toReversed(), signal);
    const foreign = seen.find(({ standing }) => standing === 'present');
    if (foreign && !leaveOthers) throw notOurs(region, foreign.manifest);
    const left = seen.filter(({ found }) => found?.isOurs);
    for (const { manifest, found, standing } of left) {
      const key = keyOf(manifest);
      const change = removeChange(region, key, standing);
      if (!found || !change) continue;
      before[key] ??= standing;
      if (!changes.has(key)) changes.set(key, change);
      context.changed([...changes.values()]);
      await context.assertLease();
      await cluster.objects.remove(manifest, found.uid, signal);
    }
    return left.length === 0 || undefined;
  });
  return { changes: [...changes.values()], before };
}

const notOurs = (region: string, manifest: Manifest) =>
  new Permanent(
    'kubernetes.not-ours',
    `There is a ${keyOf(manifest)} in ${region} that Lifeboat did not apply. Rename one of them, or remove that one by hand.`,
  );
