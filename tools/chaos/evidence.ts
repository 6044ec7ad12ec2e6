import type { KnownBlock } from '@slack/web-api';
import type { PagerDutyIncident } from '../../sandbox/pagerduty/state.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Message } from '../../sandbox/slack/state.ts';
import type { Call } from '../../sandbox/world/state.ts';
import { board } from '../../src/blocks/board.ts';
import type { JournalEntry } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { BotName, Bots } from './bots.ts';
import type { Rows, StoreView } from './store-view.ts';

/** What is known of a recovery at its end, as plain data: checks judge it, and tests falsify it. */
export interface Evidence {
  state: IncidentState | undefined;
  entries: JournalEntry[];
  journal: { events: number; chain: 'valid' | 'broken' };
  calls: Call[];
  pages: PagerDutyIncident[];
  /** What the bots have posted, in the channel and in threads. */
  messages: Message[];
  /** The board as it must stand there: with its best blocks, or with those that replace them. */
  board: { text: string; blocks: KnownBlock[][] } | undefined;
  /** Whether the client of the product has written for a while without a failure. */
  usersWrite: boolean;
  rows: Rows;
  pids: Record<BotName, readonly number[]>;
  /** What people found acknowledged and not done. */
  broken: readonly string[];
  /** What the faults themselves found wrong. */
  faultFailures: readonly string[];
}

/** Reads everything; throws while the store cannot be read. */
export async function collectEvidence(parts: {
  sandbox: Sandbox;
  store: StoreView;
  bots: Bots;
  incident: string | undefined;
  usersWrite: boolean;
  broken: readonly string[];
  faultFailures: readonly string[];
}): Promise<Evidence> {
  const { sandbox, store, bots, incident, usersWrite, broken, faultFailures } = parts;
  const { journal } = sandbox.store;
  const rows = await store.rows();
  const state = incident === undefined ? undefined : await journal.state(incident);
  const { messages } = sandbox.slack.workspace.state;
  return {
    state,
    entries: incident === undefined ? [] : await journal.read(incident),
    journal: incident === undefined ? { events: 0, chain: 'valid' } : await journal.verify(incident),
    calls: [...sandbox.world.state.calls],
    pages: sandbox.pagerDuty.incidents(),
    messages: Object.values(messages)
      .flat()
      .filter(({ botId }) => botId !== undefined),
    board: state && boardOf(state, sandbox.world.clock.now()),
    pids: bots.pids(),
    ...{ usersWrite, rows, broken, faultFailures },
  };
}

function boardOf(state: IncidentState, now: number): Evidence['board'] {
  const { text, blocks, fallbacks = [] } = board(state, {}, now);
  return { text, blocks: [blocks, ...fallbacks.map((fallback) => fallback.blocks)] };
}
