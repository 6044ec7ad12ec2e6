import type { PageEvent, PagerDutyEvents } from '../adapters/pagerduty/events.ts';
import { describeError, Retryable } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Delivery, Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';

/** Machine milliseconds between tries of a page: 1, 2, 4 … at most 30 s; a refused one is tried as rarely. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** One thing that people are paged of, and of whose end they are told. */
export interface Alert {
  /** Unique within its incident: `tier/2`. It makes the key that every try of it carries, whatever crashes. */
  name: string;
  /** Whose routing key it goes to. */
  tier: number;
  text(): { summary: string; details: Record<string, string> };
}

/** What becomes of a page in the journal. */
export interface PageRecord {
  /** Whether the journal has that it was accepted. */
  isAccepted: boolean;
  accepted(): Promise<void>;
  /** Called at each failure of which the journal does not know. */
  failed(error: unknown): Promise<void>;
}

/** Begins and ends alerts. Each answers with machine milliseconds until it should be called again, 0 when it is done. */
export interface Alerts {
  trigger(state: IncidentState, alert: Alert, record: PageRecord): Promise<number>;
  /** Ends the alert of a trigger that was tried: also one that was not accepted, its answer may have been lost. */
  resolve(state: IncidentState, alert: Alert): Promise<number>;
}

/** Alerts at PagerDuty, over the rows that say which were sent. */
export function createAlerts(parts: {
  store: Pick<Store, 'deliveries'>;
  events: PagerDutyEvents;
  /** Throws a sentence when it is not set. */
  routingKey: (system: string, tier: number) => string;
  logger: Logger;
}): Alerts {
  const { store, events, routingKey, logger } = parts;
  const notBefore = new Map<string, number>();

  /** One try, unless the last one was too short ago; `wait` is 0 when it was accepted. */
  async function send(
    state: IncidentState,
    alert: Alert,
    action: PageEvent['action'],
    { key, attempts }: Delivery,
  ): Promise<{ wait: number; error?: unknown }> {
    const wait = (notBefore.get(key) ?? 0) - Date.now();
    if (wait > 0) return { wait };
    try {
      await events.send({
        routingKey: routingKey(state.system, alert.tier),
        action,
        dedupKey: dedupKey(state, alert),
        source: state.system,
        ...alert.text(),
      });
      notBefore.delete(key);
      return { wait: 0 };
    } catch (error) {
      const pause = pauseAfter(error, attempts);
      notBefore.set(key, Date.now() + pause);
      logger.warn({ incident: state.id, alert: alert.name, action, reason: describeError(error) }, 'Page not accepted');
      await store.deliveries.failed(key, describeError(error));
      return { wait: pause, error };
    }
  }

  return {
    async trigger(state, alert, record) {
      const { delivery } = await store.deliveries.intend(deliveryKey(state, alert, 'trigger'), state.id);
      if (delivery.state === 'sent') return 0;
      if (!record.isAccepted) {
        const { wait, error } = await send(state, alert, 'trigger', delivery);
        if (error !== undefined) await record.failed(error);
        if (wait > 0) return wait;
        await record.accepted();
      }
      await store.deliveries.sent(delivery.key, dedupKey(state, alert), '');
      return 0;
    },
    async resolve(state, alert) {
      const { delivery } = await store.deliveries.intend(deliveryKey(state, alert, 'resolve'), state.id);
      if (delivery.state === 'intended') {
        const { wait } = await send(state, alert, 'resolve', delivery);
        if (wait > 0) return wait;
        await store.deliveries.sent(delivery.key, dedupKey(state, alert), '');
      }
      // Whatever became of the trigger, nothing of it remains to be sent.
      await store.deliveries.sent(deliveryKey(state, alert, 'trigger'), dedupKey(state, alert), '');
      return 0;
    },
  };
}

/** `pagerduty/INC-1/tier/2/trigger`: the row of one message about an alert. */
export function deliveryKey({ id }: IncidentState, { name }: Pick<Alert, 'name'>, action: PageEvent['action']): string {
  return `pagerduty/${id}/${name}/${action}`;
}

/** The same for every try; the time of declaration keeps two installations apart that both count from INC-1. */
function dedupKey({ id, declaredAt }: IncidentState, { name }: Alert): string {
  return `lifeboat/${id}/${declaredAt}/${name}`;
}

/** Machine milliseconds until the next try: what PagerDuty asked for, or twice as long each time. */
function pauseAfter(error: unknown, attempts: number): number {
  if (!(error instanceof Retryable)) return LONGEST_PAUSE;
  return Math.max(error.retryAfterMs ?? 0, Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempts));
}
