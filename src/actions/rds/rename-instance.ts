import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Done, defineAction, type RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region } from '../../domain/system.ts';
import { identityOf, Made } from './beside.ts';
import { datedName } from './dated-name.ts';
import { Role, renameChange, renameInstance } from './rename.ts';

export const renameInstanceAction = (clients: Clients) =>
  defineAction({
    id: 'rds.rename-instance',
    summary: 'Rename an RDS instance: how a restored one takes the place of the old, which is kept',
    effect: 'reversible',
    input: z
      .strictObject({
        region: Region,
        instance: z.string().min(1),
        /** Absent: `<instance>-replaced-<yyyymmdd-hhmm>`, under which the old one is kept. */
        to: z.string().min(1).optional(),
        /** RDS's own id of the instance that is meant; needed with `to`, a name that another instance may have. */
        resourceId: z.string().min(1).optional(),
        /** What it must be still when it is renamed; absent: whatever it is. */
        role: Role.optional(),
        /** Nothing is done, and nothing is wrong, when there is no such instance any more. */
        ifExists: z.boolean().default(false),
      })
      // By its name alone nobody could tell whether what is called `to` is the renamed one, or never was renamed.
      .refine(({ to, resourceId }) => to === undefined || resourceId !== undefined, {
        path: ['resourceId'],
        error: "needs RDS's own id of the instance that is to be called `to`",
      }),
    output: Made.extend({ was: z.string() }),
    repeat:
      "It renames one instance, known by RDS's own id, to a name that RDS gives only once (DBInstanceAlreadyExists); one that has the new name is left alone.",
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'] },
    examples: [
      { title: 'The old one, to keep it', with: { region: 'us-east-1', instance: 'chatbot-prod' } },
      {
        title: 'The restored one, in its place',
        with: {
          region: 'us-east-1',
          instance: 'chatbot-prod-restored-20261121-0930',
          to: 'chatbot-prod',
          resourceId: 'db-RESTOREDEXAMPLE',
        },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, instance, to }) => [`rds/${region}/${instance}`, ...(to ? [`rds/${region}/${to}`] : [])],
    // RDS: the old host name is gone at once, and the new one "becomes effective in about 10 minutes".
    expectedSeconds: () => 600,
    observedBy: ['region', 'instance'],
    observe: ({ signal }, where) => identityOf(clients, where, signal),
    change: (_observed, { region, instance, to }) => ({
      changes: [renameChange({ region, from: instance, to: to ?? `${instance}-replaced-…` })],
    }),
    async run(context, { region, instance, to, role, resourceId, ifExists }) {
      const name = to ?? datedName(instance, 'replaced', context.firstAttemptAt);
      if (ifExists && (await isGone(clients, context, { region, instances: [instance, name] }))) {
        return { outputs: { instance: '', endpoint: '', port: 0, resourceId: '', was: instance }, changes: [] };
      }
      const renaming = { region, from: instance, to: name, role, resourceId };
      const { made, changes } = await renameInstance(clients, context, renaming);
      return { outputs: { ...made, was: instance }, changes };
    },
    undo: {
      title: ({ region, instance }) => `Give ${instanceName({ region, instance })} its name back`,
      repeat:
        "It renames one instance, known by RDS's own id, to a name that RDS gives only once; one that has its name back is left alone.",
      change(observed, { region, instance }, _context, done) {
        const was = renamed(done);
        if (!was || (observed && observed.facts.resourceId === was.resourceId)) return { changes: [] };
        return { changes: [renameChange({ region, from: was.name, to: instance })] };
      },
      async run(context, { region, instance }, done) {
        const was = renamed(done);
        if (!was) return { outputs: {}, changes: [] };
        if (was.resourceId === '') {
          const sentence = `Which instance had the name ${instance} in ${region} is not known. Rename it by hand, then skip this step.`;
          throw new Permanent('undo.unknown-before', sentence);
        }
        const renaming = { region, from: was.name, to: instance, resourceId: was.resourceId };
        const { made, changes } = await renameInstance(clients, context, renaming);
        return { outputs: { ...made }, changes };
      },
    },
  });

/** Whether RDS has none of these: between two names an instance has neither for a moment, so it is looked for again. */
async function isGone(
  { aws }: Clients,
  context: RunContext,
  { region, instances }: { region: string; instances: string[] },
): Promise<boolean> {
  let looks = 0;
  return context.waitUntil(async () => {
    const found = await Promise.all(
      instances.map((instance) => aws.rds.instances.settings(region, instance, context.signal)),
    );
    looks += 1;
    if (found.some((one) => one !== undefined)) return false;
    return looks > 2 ? true : undefined;
  });
}

/** What was renamed, and to what; undefined when nothing was. A step that was cut short told its change before it acted. */
function renamed({ outputs, changes, observed }: Done): { name: string; resourceId: string } | undefined {
  const name = typeof outputs.instance === 'string' ? outputs.instance : changes[0]?.after;
  if (name === undefined || name === '') return undefined;
  const known = outputs.resourceId ?? observed?.resourceId;
  return { name, resourceId: typeof known === 'string' ? known : '' };
}
