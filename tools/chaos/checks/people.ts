import type { Message } from '../../../sandbox/slack/state.ts';
import { isRecovered } from '../../../src/domain/outcome.ts';
import type { Evidence } from '../evidence.ts';
import type { Check } from './check.ts';

/** World milliseconds before the end of a run in which a page that is being tried may become needless. */
const GRACE = 8 * 60_000;

export const pagedOnce: Check = {
  name: 'each tier is paged at most once, and none is lost',
  check({ state, pages, entries }) {
    const rings = new Map<string, number>();
    for (const { dedupKey } of pages) rings.set(dedupKey, (rings.get(dedupKey) ?? 0) + 1);
    const twice = [...rings].flatMap(([key, times]) => (times > 1 ? [`${key} was paged ${times} times.`] : []));
    const reached = new Map<number, number>();
    for (const { event } of entries) {
      if (event.type === 'escalation.reached') reached.set(event.tier, (reached.get(event.tier) ?? 0) + 1);
    }
    const fired = [...reached].flatMap(([tier, times]) =>
      times > 1 ? [`Tier ${tier} was reached ${times} times.`] : [],
    );
    // A recovered system calls nobody any more who was not called yet.
    const finished = isRecovered(state?.run) ? entries.find(({ event }) => event.type === 'run.finished') : undefined;
    const endedAt = finished?.at ?? Number.POSITIVE_INFINITY;
    const lost = (state?.tiers ?? []).flatMap(({ tier, reachedAt }) => {
      if (reachedAt === undefined || endedAt - reachedAt < GRACE) return [];
      return pages.some(({ dedupKey }) => dedupKey.endsWith(`/tier/${tier}`)) ? [] : [`Tier ${tier} was never paged.`];
    });
    return [...twice, ...fired, ...lost];
  },
};

export const boardIsTrue: Check = {
  name: 'the board tells how it ended',
  atTheEnd: true,
  check(evidence) {
    const { state, board } = evidence;
    if (!state || !board) return ['There is no incident, so there is no board.'];
    const [shown] = ours(evidence.messages, `slack/board/${state.id}`);
    if (!shown) return ['There is no board in the channel.'];
    if (shown.text !== board.text) return [`The board says "${shown.text}", and it must say "${board.text}".`];
    const blocks = canonical(shown.blocks ?? []);
    if (board.blocks.some((rung) => canonical(rung) === blocks)) return [];
    return ['The blocks of the board are not those of the state at the end.'];
  },
};

export const toldOnce: Check = {
  name: 'every message stands once, and the thread tells everything',
  atTheEnd: true,
  check({ messages, rows, state, entries }) {
    const keys = messages.flatMap(({ metadata }) => {
      const key = metadata?.event_payload.key;
      return typeof key === 'string' ? [key] : [];
    });
    const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
    const told = rows.cursors.find(
      ({ projection, incident }) => projection === 'slack-thread' && incident === state?.id,
    );
    const last = entries.at(-1)?.sequence ?? 0;
    return [
      ...twice.map((key) => `The message ${key} stands there more than once.`),
      ...(told?.sequence === last ? [] : [`The thread has told ${told?.sequence ?? 0} of ${last} events.`]),
    ];
  },
};

function ours(messages: readonly Message[], key: string): Message[] {
  return messages.filter(({ metadata }) => metadata?.event_payload.key === key);
}

/** Blocks as text, without the ids that Slack gives them and whatever the order of their keys. */
function canonical(blocks: Evidence['messages'][number]['blocks'] | object[]): string {
  return JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'block_id') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
