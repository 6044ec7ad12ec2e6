import type { Call } from '../../sandbox/world/state.ts';
import { board } from '../../src/blocks/board.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Evidence } from '../../tools/chaos/evidence.ts';
import type { Append } from '../../tools/chaos/store-view.ts';
import { approved, declared, entriesOf, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const RUN = 'INC-1.r1';
export const HOLDER = 'host/101/aaaa';
const DEDUP_KEY = 'lifeboat/INC-1/1/tier/1';

const step = (type: 'step.started' | 'step.succeeded'): IncidentEvent =>
  type === 'step.started'
    ? { type, runId: RUN, step: 'promote', attempt: 1, operationId: `${RUN}.promote` }
    : { type, runId: RUN, step: 'promote', attempt: 1, outputs: {}, changes: [], exceptions: ['unprotected'] };

export const EVENTS: IncidentEvent[] = [
  declared,
  { type: 'escalation.reached', tier: 1, action: 'page', contact: 'SRE' },
  { type: 'plan.created', plan: planWith([plannedStep('promote', { effect: 'irreversible' })]) },
  { type: 'page.accepted', tier: 1 },
  approved,
  runStarted,
  step('step.started'),
  step('step.succeeded'),
  { type: 'run.finished', runId: RUN, outcome: 'recovered with exceptions', exceptions: ['unprotected'] },
];

/** A recovery with which nothing is wrong; its events may be others. */
export function recovered(events: IncidentEvent[] = EVENTS): Evidence {
  const entries = entriesOf(events);
  const state = stateAfter(...events);
  const { text, blocks } = board(state, {}, state.at);
  const calls = ['PromoteReadReplica', 'ModifyListener', 'ChangeResourceRecordSets'].map(
    (operation): Call => ({
      ...{ at: 0, latency: 1, service: 'aws', operation, resource: 'one', mutating: true, status: 200 },
    }),
  );
  const appends = entries.map(({ sequence, event }): Append => {
    const ofRun = 'runId' in event;
    const lease = ofRun ? { run: RUN, holder: HOLDER, epoch: 1, live: true } : NO_LEASE;
    return { incident: 'INC-1', sequence, type: event.type, process: 'A', ...lease };
  });
  return {
    state,
    entries,
    journal: { events: entries.length, chain: 'valid' },
    calls,
    pages: [
      {
        ...{ id: 'P1', service: 'SRE', routingKey: 'key', dedupKey: DEDUP_KEY, status: 'triggered' },
        ...{ severity: 'critical', summary: '', source: 'chatbot', details: {}, triggeredAt: 1, repeats: 0 },
      },
    ],
    messages: [
      {
        ...{ ts: '1.0', channel: 'C1', user: 'U0BOT', botId: 'B1', text },
        blocks: blocks.map((block, index) => ({ ...block, block_id: `b${index}` })),
        metadata: { event_type: 'lifeboat_message', event_payload: { key: 'slack/board/INC-1' } },
      },
    ],
    board: { text, blocks: [blocks] },
    usersWrite: true,
    rows: {
      leases: [{ name: RUN, holder: null, epoch: 1, live: false }],
      timers: [{ id: 'INC-1/tier/2', state: 'disarmed' }],
      locks: [],
      watches: [],
      deliveries: [{ key: 'slack/board/INC-1', state: 'sent', lastError: null }],
      cursors: [{ projection: 'slack-thread', incident: 'INC-1', sequence: entries.length }],
      appends,
    },
    pids: { A: [101], B: [202] },
    broken: [],
    faultFailures: [],
  };
}

const NO_LEASE = { run: null, holder: null, epoch: null, live: null };
