import type { Severity, System } from './system.ts';

/** What a recovery is measured against, in seconds from detection and in seconds of writes that may be lost. */
export interface RecoveryTargets {
  rtoSeconds: number;
  rpoSeconds: number;
}

/** The targets of one runbook: its own of system.yaml where it has them, else the severity's RTO and the database's RPO. */
export function targetsOf(system: System, runbook: string | undefined, severity: Severity): RecoveryTargets {
  const own = runbook !== undefined && Object.hasOwn(system.targets ?? {}, runbook) ? system.targets?.[runbook] : {};
  return { rtoSeconds: own?.rto ?? system.rto[severity], rpoSeconds: own?.rpo ?? system.rpo.database };
}
