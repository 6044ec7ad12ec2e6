import { errorCode, Retryable } from '../domain/errors.ts';
import { tierTimer } from '../domain/escalation.ts';
import type { EventOf } from '../domain/events.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Mode } from '../domain/runbook.ts';
import { FAILOVER_RUNBOOK } from '../domain/start-line.ts';
import type { System } from '../domain/system.ts';
import type { NewTimer } from '../engine/ports.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { openIncidentOf } from './find.ts';

/** What an incident is declared for. */
export interface DeclaredFor {
  system: System;
  runbook: RunbookSummary;
  asked: { system: string; runbook: string; mode: Mode; reason?: string; by: string };
}

/**
 * Finds the open incident of the system or opens one, with the timers of its tiers. One that is opened for a runbook that
 * only looks pages nobody; what changes something and joins it raises it, and then its tiers are due.
 */
export async function declare(
  parts: UseCaseDependencies,
  wanted: DeclaredFor,
): Promise<{ state: IncidentState; joined: boolean }> {
  const { journal, clock } = parts;
  const { system } = wanted.asked;
  const found = await openIncidentOf(journal, system);
  if (found) return { state: await raise(parts, found, wanted), joined: true };
  const now = clock.now();
  const event = await declared(parts, wanted, now);
  try {
    await journal.open(system, now, (incident) => ({ events: [event], arm: tierTimers(incident, event) }));
  } catch (error) {
    // Somebody else declared it in the same instant: theirs is joined.
    if (errorCode(error) !== 'incident.open') throw error;
  }
  const state = await openIncidentOf(journal, system);
  if (!state) throw new Retryable('incident.gone', `The incident of ${system} was resolved while it was declared.`);
  return { state, joined: false };
}

/** Pure: when each tier is due, from detection on. */
function tierTimers(incident: string, event: Pick<EventOf<'incident.declared'>, 'tiers' | 'detectedAt'>): NewTimer[] {
  return event.tiers.map(({ tier, afterSeconds }) =>
    tierTimer(incident, { tier, dueAt: event.detectedAt + afterSeconds * 1000 }),
  );
}

/** A quiet incident that something is to be changed in becomes one like any other: its tiers are paged when they are due. */
async function raise(parts: UseCaseDependencies, state: IncidentState, wanted: DeclaredFor): Promise<IncidentState> {
  if (!state.quiet || wanted.runbook.readOnly) return state;
  const now = parts.clock.now();
  const {
    type: _declared,
    channel: _channel,
    system: _system,
    quiet: _quiet,
    ...event
  } = await declared(parts, wanted, now);
  const detectedAt = Math.min(event.detectedAt, state.foundAt ?? now);
  const raised = { type: 'incident.raised' as const, ...event, detectedAt };
  const { state: after } = await parts.journal.decide(state.id, now, ({ quiet, status }) =>
    quiet && status === 'open' ? { events: [raised], arm: tierTimers(state.id, raised) } : { events: [] },
  );
  return after;
}

async function declared(
  parts: Pick<UseCaseDependencies, 'detectedAt' | 'incidentChannel'>,
  { system, runbook, asked }: DeclaredFor,
  now: number,
): Promise<EventOf<'incident.declared'>> {
  const detectedAt = Math.min(now, (await parts.detectedAt(asked.system)) ?? now);
  const isPlannedMove = asked.mode === 'planned' && asked.runbook === FAILOVER_RUNBOOK;
  return {
    type: 'incident.declared',
    system: asked.system,
    title: isPlannedMove ? `Planned failover of ${system.title}` : `${system.title}: ${runbook.title}`,
    severity: runbook.severity,
    by: asked.by,
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
    detectedAt,
    channel: parts.incidentChannel,
    ...(runbook.readOnly ? { quiet: true as const } : {}),
    tiers: runbook.readOnly
      ? []
      : system.escalation.map(({ tier, after, action, contact }) => ({
          tier,
          afterSeconds: after,
          action,
          contact,
        })),
  };
}
