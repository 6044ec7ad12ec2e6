import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { requireSystem } from './find.ts';

/** A runbook as it is offered to be started. */
export type RunbookListing = RunbookSummary & { id: string };

/** The runbooks of a system that can be used, by name. Throws InvalidInput when there is no such system. */
export function listRunbooks(
  parts: Pick<UseCaseDependencies, 'runbook' | 'runbooks' | 'systems'>,
  system: string,
): RunbookListing[] {
  requireSystem(parts.systems, system);
  return parts.runbooks(system).flatMap((id) => {
    const summary = parts.runbook(system, id);
    return summary ? [{ id, ...summary }] : [];
  });
}
