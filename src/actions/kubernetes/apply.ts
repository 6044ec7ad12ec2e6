import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Done, defineAction } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { bringAbout, takeAway } from './converge-manifest.ts';
import { workloadsLock } from './lock.ts';
import { applyChange, keyOf, look, readManifest, removeChange, Standings, standingsOf } from './manifest.ts';

/** RBAC of the kinds that shipped manifests hold. */
export const MANIFEST_KINDS = 'apps/deployments, services, configmaps, networking.k8s.io/ingresses';

export const apply = (clients: Clients) =>
  defineAction({
    id: 'k8s.apply',
    summary: 'Apply the objects of a manifest on the server, and wait until its deployments are available',
    effect: 'reversible',
    input: z.strictObject({ region: Region, manifest: z.string().min(1) }),
    output: z.object({
      objects: z.array(z.string()),
      /** How each object stood that this attempt changed; what an earlier one changed stands in the plan. */
      before: Standings,
    }),
    repeat:
      'A server-side apply of the same text by the same field manager changes nothing; it takes nothing over that somebody else owns.',
    permissions: [`namespace: get, create, patch ${MANIFEST_KINDS}`],
    examples: [{ title: 'The maintenance page', with: { region: 'us-east-1', manifest: 'maintenance-mode.yaml' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // A pod starts in 15 to 45 s.
    expectedSeconds: () => 40,
    async observe(context, { region, manifest }) {
      const cluster = clusterOf(clients, context.system, region);
      const seen = await look(cluster, readManifest(context, manifest), context.signal);
      return { facts: { objects: standingsOf(seen) }, measurements: {} };
    },
    change(observed, { region, manifest }, context) {
      const changes = readManifest(context, manifest).map((one) =>
        applyChange(region, keyOf(one), observed?.facts.objects[keyOf(one)]),
      );
      return { changes: changes.filter((change) => change !== undefined) };
    },
    async run(context, { region, manifest }) {
      const manifests = readManifest(context, manifest);
      const { changes, before } = await bringAbout(clients, context, { region, manifests });
      return { outputs: { objects: manifests.map(keyOf), before }, changes };
    },
    undo: {
      title: ({ region, manifest }) => `Remove what ${manifest} brought to ${region}`,
      repeat: 'It deletes named objects by their uid, and only those that Lifeboat applied.',
      change(observed, { region, manifest }, context, done) {
        const created = createdBy(done, manifest);
        const changes = readManifest(context, manifest)
          .filter((one) => created.has(keyOf(one)))
          .map((one) => removeChange(region, keyOf(one), observed?.facts.objects[keyOf(one)]));
        return { changes: changes.filter((change) => change !== undefined) };
      },
      async run(context, { region, manifest }, done) {
        const created = createdBy(done, manifest);
        const manifests = readManifest(context, manifest).filter((one) => created.has(keyOf(one)));
        const { changes } = await takeAway(clients, context, { region, manifests, leaveOthers: true });
        return { outputs: { removed: manifests.map(keyOf) }, changes };
      },
    },
  });

/** Keys of the objects that were not there before the step. */
function createdBy(done: Done, manifest: string): ReadonlySet<string> {
  const before = whatWasBefore(done, Standings, {
    subject: `the objects of ${manifest}`,
    seen: ({ objects }) => objects,
  });
  return new Set(Object.keys(before).filter((key) => before[key] === 'absent'));
}
