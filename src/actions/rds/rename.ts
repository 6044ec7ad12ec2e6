import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Change, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { askOnce, HOPELESS, WRONG_STATE } from './asking.ts';
import type { Made } from './beside.ts';

/** Whether something follows another instance, or may take writes. */
export const Role = z.enum(['primary', 'replica']);
type Role = z.infer<typeof Role>;

/** It is busy, the name is taken by now, or nothing has the old one: the next look tells. */
const PASSING = [WRONG_STATE, 'rds.db-instance-already-exists', 'rds.db-instance-not-found'];

export interface Renaming {
  region: string;
  from: string;
  to: string;
  /** What it must be when it is asked for; undefined: whatever it is. */
  role?: Role | undefined;
  /** RDS's own id of the instance that is meant; undefined only where `to` is a name that nothing but this step gives. */
  resourceId?: string | undefined;
}

/**
 * Gives an instance another name and waits until it is in service under it. Which instance is meant is told by RDS's own
 * id: by now another one may have its old name, and that one is left alone. Throws Permanent `rds.name-taken` and
 * `rds.other-instance`.
 */
export async function renameInstance(
  { aws }: Clients,
  context: RunContext,
  { region, from, to, role, resourceId }: Renaming,
): Promise<{ made: Made; changes: Change[] }> {
  const { instances } = aws.rds;
  const { signal } = context;
  let meant = resourceId;
  let changes: Change[] = [];
  let asked = false;
  const made = await context.waitUntil(async () => {
    const there = await instances.settings(region, to, signal);
    if (there && (meant === undefined || there.resourceId === meant)) {
      context.progress(`${instanceName({ region, instance: to })} is ${there.status}`);
      if (there.status !== 'available' || there.endpoint === '') return undefined;
      return { instance: to, endpoint: there.endpoint, port: there.port, resourceId: there.resourceId };
    }
    if (there && there.status !== 'renaming') {
      const sentence = `Another instance is called ${to} in ${region}, so ${from} cannot get that name. Rename it first.`;
      throw new Permanent('rds.name-taken', sentence);
    }
    const found = await instances.settings(region, from, signal);
    // Between the names RDS shows it under neither of them for a moment.
    if (!found || there) return undefined;
    meant ??= found.resourceId;
    if (found.resourceId !== meant) {
      const sentence = `${from} in ${region} is another instance by now, so it is left alone.`;
      throw new Permanent('rds.other-instance', sentence);
    }
    context.progress(`${instanceName({ region, instance: from })} is ${found.status}`);
    if (HOPELESS.test(found.status)) {
      throw new Permanent('rds.not-renamable', `${from} in ${region} is ${found.status} and cannot be renamed.`);
    }
    if (asked || found.status !== 'available') return undefined;
    assertRole(found, { region, from, role });
    // Noted first: a call whose answer is lost may have been carried out.
    changes = [renameChange({ region, from, to })];
    context.changed(changes);
    await context.assertLease();
    asked = await askOnce(() => instances.rename(region, from, to, signal), { passing: PASSING });
    return undefined;
  });
  return { made, changes };
}

/** What was approved may have changed since, by other hands: that is no longer the instance that is to be renamed. */
function assertRole({ replicaOf }: { replicaOf: string }, { region, from, role }: Omit<Renaming, 'to'>): void {
  const is: Role = replicaOf === '' ? 'primary' : 'replica';
  if (role === undefined || is === role) return;
  const now = is === 'primary' ? 'no replica any more' : `a replica of ${replicaOf} now`;
  throw new Permanent(
    'rds.other-role',
    `${instanceName({ region, instance: from })} is ${now}, so it keeps its name. Look at who has changed that, then retry or abort.`,
  );
}

export function renameChange({ region, from, to }: Pick<Renaming, 'region' | 'from' | 'to'>): Change {
  return { what: `Name of ${instanceName({ region, instance: from })}`, before: from, after: to };
}
