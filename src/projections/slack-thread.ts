import { foldText, sections } from '../blocks/message.ts';
import { threadLines } from '../blocks/thread.ts';
import { describeError, Retryable } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/events.ts';
import { foldIncident, type IncidentState } from '../domain/incident-state.ts';
import { findOurs, MESSAGE_EVENT, retryAfter, type SlackProjectionParts } from './slack-parts.ts';

const CURSOR = 'slack-thread';
const AFTER_REFUSAL = 30_000;
/** Slack: one message a second and channel (docs.slack.dev/apis/web-api/rate-limits). Machine milliseconds. */
const POST_INTERVAL = 1000;
/** Characters of one post; a longer entry has a post of its own, up to what Slack takes. */
const POST_LIMIT = 2800;
const MOST_SECTIONS = 4;

/**
 * Posts what happened into the board's thread, in order, once and all of it; what piled up while Slack was away comes
 * in few long posts. A post's key names the entry it begins after and its `through` the last one it tells, so that a
 * crash between posting and moving the cursor repeats nothing. Returns machine milliseconds until it should be tried
 * again, or 0.
 */
export function createThread({ store, chat, logger }: SlackProjectionParts) {
  const notBefore = new Map<string, number>();

  /** Tells the next part; false when everything is told. */
  async function tell(state: IncidentState, channel: string, threadTs: string, told: number): Promise<boolean> {
    const { lines, through, more } = nextPost(await store.journal.read(state.id), told);
    if (lines.length > 0) {
      const key = `slack/thread/${state.id}/${told}`;
      const before = await postedBefore(state, channel, threadTs, key);
      if (before !== undefined) {
        await store.cursors.set(CURSOR, state.id, before > told ? before : through);
        return true;
      }
      notBefore.set(state.id, Date.now() + POST_INTERVAL);
      const posted = await chat.post({
        channel,
        threadTs,
        text: foldText(lines.join('\n'), MOST_SECTIONS * POST_LIMIT)[0] ?? '',
        blocks: sections(lines).slice(0, MOST_SECTIONS),
        metadata: { eventType: MESSAGE_EVENT, key, through },
      });
      await store.deliveries.sent(key, `${posted.channel}:${posted.ts}`, String(through));
    }
    await store.cursors.set(CURSOR, state.id, through);
    return more;
  }

  /** The last entry that the post of this key told when it was posted before a crash. */
  async function postedBefore(
    state: IncidentState,
    channel: string,
    threadTs: string,
    key: string,
  ): Promise<number | undefined> {
    const { delivery, existed } = await store.deliveries.intend(key, state.id);
    if (delivery.state === 'sent') return Number(delivery.contentHash);
    const found = existed ? await findOurs({ chat, logger }, { channel, threadTs, key }) : undefined;
    if (!found) return undefined;
    await store.deliveries.sent(key, `${found.channel}:${found.ts}`, String(found.payload.through));
    return Number(found.payload.through);
  }

  return async (state: IncidentState): Promise<number> => {
    const wait = (notBefore.get(state.id) ?? 0) - Date.now();
    if (wait > 0) return wait;
    const told = await store.cursors.get(CURSOR, state.id);
    if (told >= state.sequence) return 0;
    const parent = (await store.deliveries.ofIncident(state.id)).find(({ key }) => key === `slack/board/${state.id}`);
    if (!parent?.externalId) return 1000;
    const [channel = '', threadTs = ''] = parent.externalId.split(':');
    try {
      return (await tell(state, channel, threadTs, told)) ? POST_INTERVAL : 0;
    } catch (error) {
      const later = error instanceof Retryable ? retryAfter(error) : AFTER_REFUSAL;
      notBefore.set(state.id, Date.now() + later);
      logger.warn({ incident: state.id, told, reason: describeError(error) }, 'Slack thread not delivered');
      return later;
    }
  };
}

/** Whole entries after `told` while they fit one post, the last of them, and whether others follow. */
function nextPost(entries: JournalEntry[], told: number): { lines: string[]; through: number; more: boolean } {
  const lines: string[] = [];
  let length = 0;
  let through = told;
  let before: IncidentState | undefined;
  for (const entry of entries) {
    const after = foldIncident([entry], before);
    if (entry.sequence > told) {
      const own = before && after ? threadLines(before, after, entry) : [];
      length += own.reduce((sum, line) => sum + line.length + 1, 0);
      if (lines.length > 0 && own.length > 0 && length > POST_LIMIT) return { lines, through, more: true };
      lines.push(...own);
      through = entry.sequence;
    }
    before = after;
  }
  return { lines, through, more: false };
}
