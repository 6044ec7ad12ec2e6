import { threadLines } from '../blocks/thread.ts';
import { describeError, Retryable } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/events.ts';
import { foldIncident, type IncidentState } from '../domain/incident-state.ts';
import { MESSAGE_EVENT, retryAfter, type SlackProjectionParts } from './slack-parts.ts';

const CURSOR = 'slack-thread';
const AFTER_REFUSAL = 30_000;
const SECTION_LINES = 20;

/**
 * Posts what happened into the board's thread, in order, once; what piled up while Slack was away comes as one post.
 * The post's key names the entry it begins after and its `through` the last one it tells, so that a crash between
 * posting and moving the cursor repeats nothing. Returns machine milliseconds until it should be tried again, or 0.
 */
export function createThread({ store, chat, logger }: SlackProjectionParts) {
  return async (state: IncidentState): Promise<number> => {
    const parent = (await store.deliveries.ofIncident(state.id)).find(({ key }) => key === `slack/board/${state.id}`);
    if (!parent?.externalId) return 1000;
    const [channel = '', threadTs = ''] = parent.externalId.split(':');
    const told = await store.cursors.get(CURSOR, state.id);
    if (told >= state.sequence) return 0;
    const entries = await store.journal.read(state.id);
    const last = entries.at(-1);
    if (!last) return 0;
    const lines = linesAfter(entries, told);
    if (lines.length === 0) {
      await store.cursors.set(CURSOR, state.id, last.sequence);
      return 0;
    }
    const key = `slack/thread/${state.id}/${told}`;
    try {
      const { existed } = await store.deliveries.intend(key, state.id);
      const found = existed
        ? await chat.findByMetadata({ channel, threadTs, eventType: MESSAGE_EVENT, key })
        : undefined;
      if (found) {
        await store.cursors.set(CURSOR, state.id, Number(found.payload.through ?? last.sequence));
        return 1;
      }
      const text = lines.slice(-SECTION_LINES).join('\n');
      const posted = await chat.post({
        channel,
        threadTs,
        text,
        blocks: [{ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } }],
        metadata: { eventType: MESSAGE_EVENT, key, through: last.sequence },
      });
      await store.deliveries.sent(key, `${posted.channel}:${posted.ts}`, '');
      await store.cursors.set(CURSOR, state.id, last.sequence);
      return 0;
    } catch (error) {
      logger.warn({ incident: state.id, message: key, reason: describeError(error) }, 'Slack thread not delivered');
      return error instanceof Retryable ? retryAfter(error) : AFTER_REFUSAL;
    }
  };
}

function linesAfter(entries: JournalEntry[], told: number): string[] {
  const lines: string[] = [];
  let before: IncidentState | undefined;
  for (const entry of entries) {
    const after = foldIncident([entry], before);
    if (entry.sequence > told && before && after) lines.push(...threadLines(before, after, entry));
    before = after;
  }
  return lines;
}
