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

export const apply = (clients: Clients) =>
  defineAction({
    id: 'k8s.apply',
    summary: 'Apply the objects of a manifest on the server, and wait until its deployments are available',
    effect: 'reversible',
    input: ManifestInput,
    output: ManifestOutput,
    repeat:
      'A server-side apply of the same text by the same field manager changes nothing; it takes nothing over that somebody else owns.',
    permissions: { namespace: { 'objects of the manifest': ['get', 'create', 'patch', 'delete'] } },
    examples: [MANIFEST_EXAMPLE],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // A pod starts in 15 to 45 s.
    expectedSeconds: () => 40,
    async observe(context, input) {
      return { facts: await observeManifest(clients, context, input), measurements: {} };
    },
    change(observed, { region, manifest }, context) {
      return { changes: changesOf(applyChange, region, readManifest(context, manifest), observed?.facts.objects) };
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
        const manifests = thoseThatWere(['absent'], context, manifest, done);
        return { changes: changesOf(removeChange, region, manifests, observed?.facts.objects) };
      },
      async run(context, { region, manifest }, done) {
        const manifests = thoseThatWere(['absent'], context, manifest, done);
        const { changes } = await takeAway(clients, context, { region, manifests, leaveOthers: true });
        return { outputs: { removed: manifests.map(keyOf) }, changes };
      },
    },
  });
