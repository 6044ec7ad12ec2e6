import { InvalidInput } from '../domain/errors.ts';
import { instanceName } from '../domain/instance-name.ts';
import type { System } from '../domain/system.ts';
import { hasSameDatabases, type Moved, movedBy } from './check-failover.ts';
import type { UseCaseDependencies } from './dependencies.ts';

/** Runbook that moves back to the original region. */
const FAILBACK = 'failback';

/**
 * The newest promotion of the databases of a system, by whichever system it was started: one that has the same databases
 * keeps a journal of its own.
 */
export async function movedByAny(
  parts: Pick<UseCaseDependencies, 'journal' | 'systems'>,
  system: System,
): Promise<Moved | undefined> {
  const names = [...parts.systems].filter(([, other]) => hasSameDatabases(system, other)).map(([name]) => name);
  const all = await Promise.all(names.map((name) => movedBy(parts, name)));
  return all.reduce(
    (newest, one) => (one && one.plan.createdAt > (newest?.plan.createdAt ?? 0) ? one : newest),
    undefined,
  );
}

/**
 * Throws InvalidInput where an earlier run has promoted another instance than the primary of system.yaml: restored and
 * swapped, that would be a second primary. Once system.yaml names other databases than that run knew, somebody has decided
 * anew. `hasFailback`: whether that run's system has the runbook that moves back. Pure.
 */
export function assertNotMoved(
  system: System,
  moved: Moved | undefined,
  hasFailback: (systemName: string) => boolean,
): void {
  if (!moved || !hasSameDatabases(system, moved.plan.system)) return;
  const { primary } = system.database;
  const { runId, plan, to } = moved;
  if (to.instance === primary.instance && to.region === primary.region) return;
  const canMoveBack = to.region !== primary.region && hasFailback(plan.systemName);
  const back = canMoveBack ? `move back first (\`/dr run ${plan.systemName}/${FAILBACK}\`), or ` : '';
  throw new InvalidInput(
    'system.promoted',
    `${runId} has promoted ${instanceName(to)}, and restoring ${instanceName(primary)} would make a second primary beside it: ${back}name ${to.instance} as the primary in system.yaml and restart Lifeboat.`,
  );
}

/** The same for a runbook that is about to be planned. */
export async function requireNotMoved(
  parts: Pick<UseCaseDependencies, 'journal' | 'systems' | 'runbook'>,
  system: System,
): Promise<void> {
  assertNotMoved(system, await movedByAny(parts, system), (name) => parts.runbook(name, FAILBACK) !== undefined);
}
