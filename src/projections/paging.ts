import type { PageEvent, PagerDutyEvents } from '../adapters/pagerduty/events.ts';
import { pageText } from '../blocks/page.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, errorCode, Retryable } from '../domain/errors.ts';
import type { IncidentState, TierState } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { System } from '../domain/system.ts';
import type { Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import type { Projection } from './runner.ts';

/** Machine milliseconds between tries of a page: 1, 2, 4 … at most 30 s; a refused one is tried as rarely. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * Pages each tier that was reached and ends its alert when the incident is resolved. One alert per incident and tier,
 * whatever crashes: every try carries the same de-duplication key.
 */
export function createPagingProjection(parts: {
  store: Store;
  events: PagerDutyEvents;
  systems: Readonly<Record<string, System>>;
  /** The routing key behind the name of an environment variable; throws a sentence when it is not set. */
  secret: (name: string) => string;
  clock: Clock;
  logger: Logger;
}): Projection {
  const { store, events, systems, secret, clock, logger } = parts;
  const notBefore = new Map<string, number>();

  async function trigger(state: IncidentState, tier: TierState): Promise<number> {
    const key = deliveryKey(state, tier, 'trigger');
    const { delivery } = await store.deliveries.intend(key, state.id);
    if (delivery.state === 'sent') return 0;
    if (tier.acceptedAt === undefined) {
      const { wait, error } = await send(state, tier, 'trigger', delivery.attempts);
      if (error !== undefined && !tier.failure) await record(state.id, tier.tier, error);
      if (wait > 0) return wait;
      await record(state.id, tier.tier);
    }
    await store.deliveries.sent(key, dedupKey(state, tier), '');
    return 0;
  }

  /** Ends the alert of a trigger that was tried: also one that was not accepted, its answer may have been lost. */
  async function resolve(state: IncidentState, tier: TierState): Promise<number> {
    const key = deliveryKey(state, tier, 'resolve');
    const { delivery } = await store.deliveries.intend(key, state.id);
    if (delivery.state === 'intended') {
      const { wait } = await send(state, tier, 'resolve', delivery.attempts);
      if (wait > 0) return wait;
      await store.deliveries.sent(key, dedupKey(state, tier), '');
    }
    // Whatever became of the trigger, nothing of it remains to be sent.
    await store.deliveries.sent(deliveryKey(state, tier, 'trigger'), dedupKey(state, tier), '');
    return 0;
  }

  /** One try, unless the last one was too short ago; `wait` is 0 when it was accepted. */
  async function send(
    state: IncidentState,
    tier: TierState,
    action: PageEvent['action'],
    attempts: number,
  ): Promise<{ wait: number; error?: unknown }> {
    const key = deliveryKey(state, tier, action);
    const wait = (notBefore.get(key) ?? 0) - Date.now();
    if (wait > 0) return { wait };
    try {
      const routingKey = secret(routingKeyName(systems, state.system, tier.tier));
      await events.send(pageOf(state, tier, action, { routingKey, now: clock.now() }));
      notBefore.delete(key);
      return { wait: 0 };
    } catch (error) {
      const pause = pauseAfter(error, attempts);
      notBefore.set(key, Date.now() + pause);
      logger.warn({ incident: state.id, tier: tier.tier, action, reason: describeError(error) }, 'Page not accepted');
      await store.deliveries.failed(key, describeError(error));
      return { wait: pause, error };
    }
  }

  async function record(incident: string, tier: number, error?: unknown): Promise<void> {
    await store.journal.decide(incident, clock.now(), ({ tiers }) => {
      const now = tiers.find((entry) => entry.tier === tier);
      if (!now || now.acceptedAt !== undefined || (error !== undefined && now.failure)) return { events: [] };
      if (error === undefined) return { events: [{ type: 'page.accepted', tier }] };
      return {
        events: [{ type: 'page.failed', tier, error: { code: errorCode(error), message: describeError(error) } }],
      };
    });
  }

  return {
    name: 'paging',
    async project(state) {
      const tried = new Set((await store.deliveries.ofIncident(state.id)).map(({ key }) => key));
      const waits = await Promise.all(
        state.tiers.map(async (tier) => {
          const wasTried = tried.has(deliveryKey(state, tier, 'trigger'));
          if (state.status === 'resolved') return wasTried ? resolve(state, tier) : 0;
          // A recovered system needs nobody who was not called yet; the alert of a lost answer ends with the incident.
          return tier.reachedAt === undefined || isRecovered(state.run) ? 0 : trigger(state, tier);
        }),
      );
      const pending = waits.filter((wait) => wait > 0);
      return pending.length > 0 ? Math.min(...pending) : undefined;
    },
  };
}

/** Machine milliseconds until the next try: what PagerDuty asked for, or twice as long each time. */
function pauseAfter(error: unknown, attempts: number): number {
  if (!(error instanceof Retryable)) return LONGEST_PAUSE;
  return Math.max(error.retryAfterMs ?? 0, Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempts));
}

function deliveryKey({ id }: IncidentState, { tier }: TierState, action: PageEvent['action']): string {
  return `pagerduty/${id}/tier/${tier}/${action}`;
}

/** The same for every try; the time of declaration keeps two installations apart that both count from INC-1. */
function dedupKey({ id, declaredAt }: IncidentState, { tier }: TierState): string {
  return `lifeboat/${id}/${declaredAt}/tier/${tier}`;
}

function pageOf(
  state: IncidentState,
  tier: TierState,
  action: PageEvent['action'],
  { routingKey, now }: { routingKey: string; now: number },
): PageEvent {
  const text = pageText(state, tier, now);
  return { routingKey, action, dedupKey: dedupKey(state, tier), source: state.system, ...text };
}

function routingKeyName(systems: Readonly<Record<string, System>>, system: string, tier: number): string {
  const entry = systems[system]?.escalation.find((candidate) => candidate.tier === tier);
  return entry?.routingKey ?? `PAGERDUTY_ROUTING_KEY_TIER_${tier}`;
}
