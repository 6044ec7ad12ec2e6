import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Done, defineAction } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { MANIFEST_KINDS } from './apply.ts';
import { bringAbout, takeAway } from './converge-manifest.ts';
import { workloadsLock } from './lock.ts';
import { applyChange, keyOf, look, readManifest, removeChange, Standings, standingsOf } from './manifest.ts';

export const deleteManifest = (clients: Clients) =>
  defineAction({
    id: 'k8s.delete-manifest',
    summary: 'Delete the objects of a manifest that Lifeboat has applied, and wait until they are gone',
    effect: 'reversible',
    input: z.strictObject({ region: Region, manifest: z.string().min(1) }),
    output: z.object({
      objects: z.array(z.string()),
      /** How each object stood that this attempt deleted; what an earlier one deleted stands in the plan. */
      before: Standings,
    }),
    repeat:
      'Each object is deleted by the uid that it was decided on: a late call meets nothing, or another object that it leaves alone. What Lifeboat did not apply is never deleted.',
    permissions: [`namespace: get, delete ${MANIFEST_KINDS}`],
    examples: [{ title: 'The maintenance page', with: { region: 'us-east-1', manifest: 'maintenance-mode.yaml' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // A few calls to the API server.
    expectedSeconds: () => 3,
    async observe(context, { region, manifest }) {
      const cluster = clusterOf(clients, context.system, region);
      const seen = await look(cluster, readManifest(context, manifest), context.signal);
      return { facts: { objects: standingsOf(seen) }, measurements: {} };
    },
    change(observed, { region, manifest }, context) {
      const changes = readManifest(context, manifest).map((one) =>
        removeChange(region, keyOf(one), observed?.facts.objects[keyOf(one)]),
      );
      return { changes: changes.filter((change) => change !== undefined) };
    },
    async run(context, { region, manifest }) {
      const manifests = readManifest(context, manifest);
      const { changes, before } = await takeAway(clients, context, { region, manifests });
      return { outputs: { objects: manifests.map(keyOf), before }, changes };
    },
    undo: {
      title: ({ region, manifest }) => `Apply ${manifest} in ${region} again`,
      repeat: 'A server-side apply of the same text by the same field manager changes nothing.',
      change(observed, { region, manifest }, context, done) {
        const deleted = deletedBy(done, manifest);
        const changes = readManifest(context, manifest)
          .filter((one) => deleted.has(keyOf(one)))
          .map((one) => applyChange(region, keyOf(one), observed?.facts.objects[keyOf(one)]));
        return { changes: changes.filter((change) => change !== undefined) };
      },
      async run(context, { region, manifest }, done) {
        const deleted = deletedBy(done, manifest);
        const manifests = readManifest(context, manifest).filter((one) => deleted.has(keyOf(one)));
        const { changes } = await bringAbout(clients, context, { region, manifests });
        return { outputs: { applied: manifests.map(keyOf) }, changes };
      },
    },
  });

/** Keys of the objects that it deleted: those of Lifeboat's, which come back as the file has them now. */
function deletedBy(done: Done, manifest: string): ReadonlySet<string> {
  const before = whatWasBefore(done, Standings, {
    subject: `the objects of ${manifest}`,
    seen: ({ objects }) => objects,
  });
  return new Set(Object.keys(before).filter((key) => before[key] === 'applied' || before[key] === 'ours'));
}
