import { type IncidentState, planOf } from '../../src/domain/incident-state.ts';
import { isRecovered } from '../../src/domain/outcome.ts';
import { recoveryFigures } from '../../src/domain/recovery.ts';
import type { System } from '../../src/domain/system.ts';
import { targetsOf } from '../../src/domain/targets.ts';
import type { RecoveryPicture } from '../control/wire.ts';
import { type Acknowledged, lossSeconds } from './lost-rows.ts';
import type { Break } from './write-log.ts';

/** What the client of the product knows of an incident: the only judge of downtime and loss. Times are world time. */
export interface ClientEvidence {
  breaks: readonly Break[];
  /** World milliseconds from `since` to `until` during which users could not write. */
  downtime(since: number, until: number): number;
  /** Acknowledged writes that the serving instance does not have; undefined as long as none was asked. */
  lost: readonly Acknowledged[] | undefined;
  /** When the incident before was resolved: what was lost until then is not of this one. */
  before: number | undefined;
  now: number;
}

/** The clock of an incident. Pure. */
export function recoveryOf(state: IncidentState, system: System, evidence: ClientEvidence): RecoveryPicture {
  const { run, detectedAt, resolvedAt } = state;
  const figures = recoveryFigures(state);
  const planned = planOf(state, run?.planId);
  const approvedAt = planned && (run || planned.status === 'approved') ? planned.decision?.at : undefined;
  const recoveredAt = recoveredAtOf(state, evidence);
  const loss = lossOf(state, evidence, recoveredAt !== undefined);
  return {
    incident: state.id,
    title: state.title,
    severity: state.severity,
    status: state.status,
    detectedAt,
    ...(approvedAt !== undefined && { approvedAt }),
    ...(run && { startedAt: run.startedAt }),
    ...(recoveredAt !== undefined && { recoveredAt }),
    ...(resolvedAt !== undefined && { resolvedAt }),
    ...(figures
      ? { rtoSeconds: figures.rtoSeconds, rpoSeconds: figures.rpoSeconds }
      : targetsOf(system, undefined, state.severity)),
    downtimeSeconds: evidence.downtime(detectedAt, resolvedAt ?? evidence.now) / 1000,
    ...loss,
  };
}

/** The times without writes that this incident is about. */
function breaksOf({ detectedAt, resolvedAt }: IncidentState, breaks: readonly Break[]): Break[] {
  return breaks.filter(
    ({ from, to }) => (to === undefined || to > detectedAt) && from < (resolvedAt ?? Number.POSITIVE_INFINITY),
  );
}

/** When users could write again for good; where they always could, when the run was done. */
function recoveredAtOf(state: IncidentState, { breaks }: ClientEvidence): number | undefined {
  const last = breaksOf(state, breaks).at(-1);
  if (last) return last.to;
  return isRecovered(state.run) ? recoveryFigures(state)?.recoveredAt : undefined;
}

function lossOf(
  state: IncidentState,
  { breaks, lost, before }: ClientEvidence,
  recovered: boolean,
): Pick<RecoveryPicture, 'lossSeconds' | 'rowsLost'> {
  // As long as writes go to where they always went, nothing is gone; but that is known only when they go there again.
  if (!lost) return recovered ? { lossSeconds: 0, rowsLost: 0 } : {};
  const own = lost.filter(({ at }) => before === undefined || at > before);
  const lastBefore = breaksOf(state, breaks)[0]?.lastBefore;
  return { lossSeconds: lossSeconds(own, lastBefore), rowsLost: own.length };
}
