import type { Clients } from '../../adapters/index.ts';
import { defineAction } from '../../domain/action.ts';
import { bringAbout, takeAway } from './converge-manifest.ts';
import { workloadsLock } from './lock.ts';
import {
  applyChange,
  changesOf,
  keyOf,
  MANIFEST_EXAMPLE,
  ManifestInput,
  ManifestOutput,
  observeManifest,
  readManifest,
  removeChange,
  thoseThatWere,
} from './manifest.ts';

export const deleteManifest = (clients: Clients) =>
  defineAction({
    id: 'k8s.delete-manifest',
    summary: 'Delete the objects of a manifest that Lifeboat has applied, and wait until they are gone',
    effect: 'reversible',
    input: ManifestInput,
    output: ManifestOutput,
    repeat:
      'Each object is deleted by the uid that it was decided on: a late call meets nothing, or another object that it leaves alone. What Lifeboat did not apply is never deleted.',
    permissions: { namespace: { 'objects of the manifest': ['get', 'delete', 'create', 'patch'] } },
    examples: [MANIFEST_EXAMPLE],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // A few calls to the API server.
    expectedSeconds: () => 3,
    async observe(context, input) {
      return { facts: await observeManifest(clients, context, input), measurements: {} };
    },
    change(observed, { region, manifest }, context) {
      return { changes: changesOf(removeChange, region, readManifest(context, manifest), observed?.facts.objects) };
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
        const manifests = thoseThatWere(['applied', 'ours'], context, manifest, done);
        return { changes: changesOf(applyChange, region, manifests, observed?.facts.objects) };
      },
      async run(context, { region, manifest }, done) {
        const manifests = thoseThatWere(['applied', 'ours'], context, manifest, done);
        const { changes } = await bringAbout(clients, context, { region, manifests });
        return { outputs: { applied: manifests.map(keyOf) }, changes };
      },
    },
  });
