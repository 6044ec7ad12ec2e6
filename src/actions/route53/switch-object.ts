import { z } from 'zod';
import type { Place } from '../../adapters/aws/s3.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, type Done, defineAction, type RunContext } from '../../domain/action.ts';
import { InvalidInput, LifeboatError } from '../../domain/errors.ts';
import { Region, type System } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';

const Presence = z.object({ present: z.boolean() });

export const switchObject = (clients: Clients) =>
  defineAction({
    id: 'route53.switch-object',
    summary: 'Throw a failover record’s health check by writing or removing the S3 object that it looks at',
    effect: 'reversible',
    input: z.strictObject({
      /** The secondary region: the object is written. The primary region: it is removed. */
      to: Region,
    }),
    output: z.object({
      present: z.boolean(),
      /** What was there; empty when nothing was changed. */
      before: Presence.partial(),
    }),
    repeat: 'An object of a fixed key is there or not; writing or removing it twice ends in the same.',
    permissions: {
      iam: [
        's3:GetObject (traffic object)',
        's3:ListBucket (traffic object)',
        's3:PutObject (traffic object)',
        's3:DeleteObject (traffic object)',
      ],
    },
    examples: [
      { title: 'Send traffic to the standby region', with: { to: 'us-west-2' } },
      { title: 'Let it come back', with: { to: 'us-east-1' } },
    ],
    dependsOn: (_input, system) => [{ region: objectOf(system).region }],
    writes: (_input, system) => {
      const { bucket, key } = objectOf(system);
      return [`s3/${bucket}/${key}`];
    },
    subject: () => 'dns',
    // Three looks of a fast health check.
    expectedSeconds: () => 30,
    async observe({ system, signal }) {
      return {
        facts: { present: await isThere(clients, objectOf(system), signal) },
        measurements: {},
      };
    },
    change: (observed, { to }, { system }) => ({
      changes: differences(system, observed?.facts.present, to !== system.regions.primary),
    }),
    async run(context, { to }) {
      const wanted = to !== context.system.regions.primary;
      const { changes, before } = await converge(clients, context, wanted);
      return { outputs: { present: wanted, before }, changes };
    },
    undo: {
      title: (_input, system) => `Set ${nameOf(objectOf(system))} back to what it was`,
      repeat: 'An object of a fixed key is there or not; writing or removing it twice ends in the same.',
      change: (observed, _input, { system }, done) => ({
        changes: differences(system, observed?.facts.present, wasPresent(done, system)),
      }),
      async run(context, _input, done) {
        const present = wasPresent(done, context.system);
        const { changes } = await converge(clients, context, present);
        return { outputs: { present }, changes };
      },
    },
  });

async function converge(clients: Clients, context: RunContext, wanted: boolean) {
  const { system, signal } = context;
  const object = objectOf(system);
  let changes: Change[] = [];
  let before: { present?: boolean } = {};
  await context.waitUntil(async () => {
    const present = await isThere(clients, object, signal);
    if (present === wanted) return true;
    // Noted first: a call whose answer is lost may have been carried out.
    if (changes.length === 0) {
      changes = differences(system, present, wanted);
      before = { present };
    }
    context.changed(changes);
    await context.assertLease();
    if (wanted) await clients.aws.s3.put(object, contentFor(system), signal);
    else await clients.aws.s3.remove(object, signal);
    return undefined;
  });
  return { changes, before };
}

/** For people who find it. */
function contentFor({ regions, title }: System): string {
  return `Written by Lifeboat: while this object is here, Route 53 sends the users of ${title} away from ${regions.primary}.\n`;
}

function differences(system: System, present: boolean | undefined, wanted: boolean): Change[] {
  if (present === wanted) return [];
  const { primary, secondary } = system.regions;
  const show = (there: boolean) =>
    there ? `there: traffic goes to ${secondary}` : `not there: traffic goes to ${primary}`;
  const before = present === undefined ? 'not reachable now' : show(present);
  return [{ what: `Object ${nameOf(objectOf(system))}`, before, after: show(wanted) }];
}

function wasPresent(done: Done, system: System): boolean {
  const subject = `whether ${nameOf(objectOf(system))} was there`;
  return whatWasBefore(done, Presence, { subject, seen: ({ present }) => ({ present }) }).present;
}

function nameOf({ bucket, key }: Place): string {
  return `${bucket}/${key}`;
}

/** Throws what S3 throws, other than that there is no such object. */
export async function isThere({ aws }: Clients, object: Place, signal: AbortSignal): Promise<boolean> {
  try {
    await aws.s3.head(object, signal);
    return true;
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 's3.no-such-key') return false;
    throw error;
  }
}

function objectOf({ trafficObject }: System): Place {
  if (trafficObject) return trafficObject;
  throw new InvalidInput('route53.no-traffic-object', 'system.yaml declares no trafficObject.');
}
