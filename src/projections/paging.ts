import type { PageEvent, PagerDutyEvents } from '../adapters/pagerduty/events.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, errorCode, Retryable } from '../domain/errors.ts';
import type { IncidentState, TierState } from '../domain/incident-state.ts';
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

  async function deliver(state: IncidentState, tier: TierState, action: PageEvent['action']): Promise<number> {
    const dedupKey = `lifeboat/${state.id}/${state.declaredAt}/tier/${tier.tier}`;
    const key = `pagerduty/${state.id}/tier/${tier.tier}/${action}`;
    const { delivery } = await store.deliveries.intend(key, state.id);
    if (delivery.state === 'sent') return 0;
    try {
      await events.send({
        routingKey: secret(routingKeyName(systems, state.system, tier.tier)),
        action,
        dedupKey,
        summary: `${state.id} ${state.severity} ${state.system}: ${state.title}. Tier ${tier.tier}: ${tier.action}`,
        source: state.system,
        details: {
          incident: state.id,
          detected: new Date(state.detectedAt).toISOString(),
          channel: `#${state.channel}`,
          next: 'Open the incident channel in Slack and type /dr status',
        },
      });
    } catch (error) {
      logger.warn({ incident: state.id, tier: tier.tier, action, reason: describeError(error) }, 'Page not accepted');
      await store.deliveries.failed(key, describeError(error));
      if (action === 'trigger' && !tier.failure) await record(state.id, tier.tier, error);
      return error instanceof Retryable ? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** delivery.attempts) : LONGEST_PAUSE;
    }
    if (action === 'trigger') await record(state.id, tier.tier);
    await store.deliveries.sent(key, dedupKey, '');
    return 0;
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
      const reached = state.tiers.filter(({ reachedAt }) => reachedAt !== undefined);
      const waits = await Promise.all(
        reached.map(async (tier) => {
          if (state.status === 'open') return deliver(state, tier, 'trigger');
          // A page that never went out needs no end.
          return tier.acceptedAt === undefined ? 0 : deliver(state, tier, 'resolve');
        }),
      );
      const pending = waits.filter((wait) => wait > 0);
      return pending.length > 0 ? Math.min(...pending) : undefined;
    },
  };
}

function routingKeyName(systems: Readonly<Record<string, System>>, system: string, tier: number): string {
  const entry = systems[system]?.escalation.find((candidate) => candidate.tier === tier);
  return entry?.routingKey ?? `PAGERDUTY_ROUTING_KEY_TIER_${tier}`;
}
