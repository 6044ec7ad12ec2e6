import { createHash } from 'node:crypto';
import { board } from '../blocks/board.ts';
import type { Message } from '../blocks/message.ts';
import { planCard } from '../blocks/plan-card.ts';
import { describeError, errorCode, Retryable } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { hasRecovered } from '../domain/recovery.ts';
import type { Store } from '../engine/ports.ts';
import type { Projection } from './runner.ts';
import { findOurs, MESSAGE_EVENT, retryAfter, type SlackProjectionParts, UPDATE_INTERVAL } from './slack-parts.ts';
import { createThread } from './slack-thread.ts';

/** How often the clock on the board moves while people decide. */
const IDLE_INTERVAL = 15_000;
const AFTER_REFUSAL = 30_000;
/** What the adapter makes of Slack's `message_not_found`. */
const MESSAGE_GONE = 'slack.message_not_found';

/** Keeps the board, the plan cards and the thread of each incident true. */
export function createSlackProjection(parts: SlackProjectionParts): Projection {
  const { store, clock } = parts;
  const deliver = createDelivery(parts);
  const thread = createThread(parts);
  return {
    name: 'slack',
    async project(state) {
      const now = clock.now();
      const progress = state.run ? await store.progress.of(state.run.id) : {};
      const messages: [string, Message][] = [
        [`slack/board/${state.id}`, board(state, progress, now)],
        ...state.plans.map((entry): [string, Message] => [`slack/plan/${entry.plan.id}`, planCard(state, entry, now)]),
      ];
      const waits: number[] = [];
      for (const [key, message] of messages) waits.push(await deliver(state, key, message));
      waits.push(await thread(state));
      const soonest = Math.min(...waits.filter((wait) => wait > 0), livelyInterval(state));
      return Number.isFinite(soonest) ? soonest : undefined;
    },
  };
}

function livelyInterval(state: IncidentState): number {
  const { status, run } = state;
  if (status === 'resolved' || hasRecovered(state)) return Number.POSITIVE_INFINITY;
  return run && run.status !== 'paused' && run.status !== 'finished' ? UPDATE_INTERVAL : IDLE_INTERVAL;
}

/**
 * Posts a message once and updates it afterwards. The row (intended, then sent with its id) is written around the call;
 * a row that is still only intended was cut short by a crash, so the message is looked for before it is posted. One
 * that was deleted is posted anew.
 * Returns machine milliseconds until it should be tried again, 0 when it stands as it should.
 */
function createDelivery({ store, chat, logger }: SlackProjectionParts) {
  const notBefore = new Map<string, number>();

  async function send(state: IncidentState, key: string, message: Message): Promise<number> {
    const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex');
    const { delivery, existed } = await store.deliveries.intend(key, state.id);
    // What stands as it should waits for nothing: two messages that wait in turn would never come to rest.
    if (delivery.contentHash === hash) return 0;
    const wait = (notBefore.get(key) ?? 0) - Date.now();
    if (wait > 0) return wait;
    notBefore.set(key, Date.now() + UPDATE_INTERVAL);
    await store.deliveries.sent(key, await postedOrUpdated(state, key, message, { delivery, existed }), hash);
    return 0;
  }

  /** The message's `channel:ts`. */
  async function postedOrUpdated(
    { channel }: IncidentState,
    key: string,
    message: Message,
    { delivery, existed }: Awaited<ReturnType<Store['deliveries']['intend']>>,
  ): Promise<string> {
    const known = delivery.state === 'sent' ? delivery.externalId : undefined;
    if (known && (await updated(known, message))) return known;
    // After a message that is gone, too: the one that replaced it may have been posted before a crash.
    const found = existed ? await findOurs({ chat, logger }, { channel, key }) : undefined;
    const again = found && `${found.channel}:${found.ts}`;
    if (again && again !== known && (await updated(again, message))) return again;
    const posted = await chat.post({ channel, ...message, metadata: { eventType: MESSAGE_EVENT, key } });
    return `${posted.channel}:${posted.ts}`;
  }

  /** False when somebody deleted the message. */
  async function updated(id: string, message: Message): Promise<boolean> {
    const [channel = '', ts = ''] = id.split(':');
    try {
      await chat.update({ channel, ts, ...message });
      return true;
    } catch (error) {
      if (errorCode(error) !== MESSAGE_GONE) throw error;
      return false;
    }
  }

  return async (state: IncidentState, key: string, message: Message): Promise<number> => {
    try {
      return await send(state, key, message);
    } catch (error) {
      const later = error instanceof Retryable ? retryAfter(error) : AFTER_REFUSAL;
      notBefore.set(key, Date.now() + later);
      logger.warn({ incident: state.id, message: key, reason: describeError(error) }, 'Slack message not delivered');
      await store.deliveries.failed(key, describeError(error));
      return later;
    }
  };
}
