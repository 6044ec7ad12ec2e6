import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { IncidentEvent, JournalEntry } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { System } from '../../src/domain/system.ts';

/** 2026-03-01 03:00:00 UTC: the hour at which these messages are read. */
export const DETECTED = Date.UTC(2026, 2, 1, 3, 0, 0);

export const chatbot: System = System.parse(
  parse(readFileSync(new URL('../../runbooks/chatbot/system.yaml', import.meta.url), 'utf8')),
);

export function plannedStep(id: string, change: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id,
    phase: 'data',
    title: `Do ${id}`,
    uses: 'test.act',
    effect: 'reversible',
    needs: [],
    timeoutSeconds: 60,
    with: {},
    included: true,
    observation: { state: 'observed', facts: {}, measurements: {} },
    changes: [{ what: id, before: 'old', after: 'new' }],
    dependsOn: [{ region: 'us-west-2' }],
    writes: [`test/${id}`],
    expectedSeconds: 10,
    ...change,
  };
}

/** A plan over these steps: in one phase unless they say otherwise, ready, with nothing to sign for. */
export function planWith(steps: PlannedStep[], change: Partial<Plan> = {}): Plan {
  const phases = [...new Set(steps.map(({ phase }) => phase))];
  return {
    version: 1,
    id: 'INC-1.p1',
    incident: 'INC-1',
    systemName: 'chatbot',
    system: chatbot,
    runbook: 'region-failover',
    title: 'Primary region failure',
    severity: 'P0',
    mode: 'emergency',
    params: { to: 'us-west-2' },
    requestedBy: 'U0REQUESTER',
    createdAt: DETECTED + 40_000,
    phases: phases.map((id) => ({ id, title: `Phase ${id}`, targetSeconds: 600 })),
    steps,
    guards: [],
    signatures: [],
    config: {},
    predicted: { lossSeconds: 7, durationSeconds: 420, criticalPath: steps.map(({ id }) => id) },
    verdict: 'ready',
    hash: 'ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12',
    ...change,
  };
}

export const declared: IncidentEvent = {
  type: 'incident.declared',
  system: 'chatbot',
  title: 'Primary region failure',
  severity: 'P0',
  by: 'U0REQUESTER',
  channel: 'incident-response',
  detectedAt: DETECTED,
  tiers: chatbot.escalation.map(({ tier, after, action, contact }) => ({ tier, afterSeconds: after, action, contact })),
};

export const approved: IncidentEvent = {
  type: 'plan.approved',
  planId: 'INC-1.p1',
  hash: 'ab12',
  by: 'U0APPROVER',
  signed: [],
};

export const runStarted: IncidentEvent = { type: 'run.started', runId: 'INC-1.r1', planId: 'INC-1.p1', locks: [] };

/** Journal entries, one second apart, the first 20 s after detection. */
export function entriesOf(events: IncidentEvent[]): JournalEntry[] {
  return events.map((event, index) => ({
    incident: 'INC-1',
    sequence: index + 1,
    at: DETECTED + 20_000 + index * 1000,
    event,
    hash: String(index + 1),
  }));
}

export function stateAfter(...events: IncidentEvent[]): IncidentState {
  const state = foldIncident(entriesOf(events));
  if (!state) throw new Error('no events were given');
  return state;
}
