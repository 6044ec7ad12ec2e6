import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { bringAbout, takeAway } from './converge-manifest.ts';
import { workloadsLock } from './lock.ts';
import {
  applyChange,
  changesOf,
  keyOf,
  observeManifest,
  readManifest,
  removeChange,
  Standings,
  thoseThatWere,
} from './manifest.ts';

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
    permissions: { namespace: { 'objects of the manifest': ['get', 'create', 'patch', 'delete'] } },
    examples: [{ title: 'The maintenance page', with: { region: 'us-east-1', manifest: 'maintenance-mode.yaml' } }],
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
