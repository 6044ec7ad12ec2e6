import type { PagerDutyEvents } from '../adapters/pagerduty/events.ts';
import { pageText, watchPageText } from '../blocks/page.ts';
import type { Clock } from '../domain/clock.ts';
import { failureOf } from '../domain/failure.ts';
import type { IncidentState, TierState } from '../domain/incident-state.ts';
import { hasRecovered } from '../domain/recovery.ts';
import type { System } from '../domain/system.ts';
import { isWatching, type WatchState } from '../domain/watch-state.ts';
import type { Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import { type Alert, createAlerts, deliveryKey } from './alerts.ts';
import type { Projection } from './runner.ts';

/**
 * Pages each tier that was reached and ends its alert when the incident is resolved. One alert per incident and tier,
 * whatever crashes: every try carries the same de-duplication key. What a watch did, or could not do, is an alert of its
 * own to the first tier, also of a resolved incident, which ends with the watch or with its next news.
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
  const routingKey = (system: string, tier: number) => secret(routingKeyName(systems, system, tier));
  const alerts = createAlerts({ store, events, routingKey, logger });

  async function pageTier(state: IncidentState, tier: TierState, wasTried: boolean): Promise<number> {
    const alert: Alert = { ...tierAlert(tier), text: () => pageText(state, tier, clock.now()) };
    if (state.status === 'resolved') return wasTried ? alerts.resolve(state, alert) : 0;
    // A recovered system needs nobody who was not called yet; the alert of a lost answer ends with the incident.
    if (tier.reachedAt === undefined || hasRecovered(state)) return 0;
    return alerts.trigger(state, alert, {
      isAccepted: tier.acceptedAt !== undefined,
      accepted: () => recordTier(state.id, tier.tier),
      failed: async (error) => {
        if (!tier.failure) await recordTier(state.id, tier.tier, error);
      },
    });
  }

  async function recordTier(incident: string, tier: number, error?: unknown): Promise<void> {
    await store.journal.decide(incident, clock.now(), ({ tiers }) => {
      const now = tiers.find((entry) => entry.tier === tier);
      if (!now || now.acceptedAt !== undefined || (error !== undefined && now.failure)) return { events: [] };
      if (error === undefined) return { events: [{ type: 'page.accepted', tier }] };
      return { events: [{ type: 'page.failed', tier, error: failureOf(error) }] };
    });
  }

  function pageWatch(state: IncidentState, watch: WatchState, tried: ReadonlySet<string>): Promise<number>[] {
    const tier = Math.min(...state.tiers.map((entry) => entry.tier));
    // A system without tiers has nobody to page.
    if (!Number.isFinite(tier)) return [];
    const text = () => watchPageText(state, watch);
    const news = newsOf(watch);
    const before = namesOfWatch(state, watch, tried).filter((name) => name !== news);
    const ended = before.map((name) => alerts.resolve(state, { name, tier, text }));
    if (news === undefined) return ended;
    const trigger = alerts.trigger(
      state,
      { name: news, tier, text },
      {
        isAccepted: watch.pagedAt !== undefined,
        accepted: () => recordWatch(state.id, watch),
        // The board shows that nobody is known to have been paged until it was accepted.
        failed: async () => undefined,
      },
    );
    return [trigger, ...ended];
  }

  async function recordWatch(incident: string, { id, toldAt }: WatchState): Promise<void> {
    await store.journal.decide(incident, clock.now(), ({ watches }) => {
      const now = watches.find((watch) => watch.id === id);
      const isNewest = now && now.toldAt === toldAt && now.pagedAt === undefined;
      return { events: isNewest ? [{ type: 'watch.paged', watch: id }] : [] };
    });
  }

  return {
    name: 'paging',
    async project(state) {
      const tried = new Set((await store.deliveries.ofIncident(state.id)).map(({ key }) => key));
      const waits = await Promise.all([
        ...state.tiers.map((tier) => pageTier(state, tier, tried.has(deliveryKey(state, tierAlert(tier), 'trigger')))),
        ...state.watches.flatMap((watch) => pageWatch(state, watch, tried)),
      ]);
      const pending = waits.filter((wait) => wait > 0);
      return pending.length > 0 ? Math.min(...pending) : undefined;
    },
  };
}

function tierAlert({ tier }: TierState): Pick<Alert, 'name' | 'tier'> {
  return { name: `tier/${tier}`, tier };
}

/** Name of the alert of a watch's newest news; undefined when there is none, or it is looked at no longer. */
function newsOf(watch: WatchState): string | undefined {
  const { id, toldAt, failure } = watch;
  if (toldAt === undefined || !isWatching(watch)) return undefined;
  return `watch/${id}/${failure ? 'failed' : 'acted'}/${toldAt}`;
}

/** Names of all alerts of a watch that were tried. The id of one watch may begin with that of another. */
function namesOfWatch(state: IncidentState, { id }: WatchState, tried: ReadonlySet<string>): string[] {
  const begin = deliveryKey(state, { name: '' }, 'trigger').slice(0, -'/trigger'.length);
  return [...tried]
    .filter((key) => key.startsWith(begin) && key.endsWith('/trigger'))
    .map((key) => key.slice(begin.length, -'/trigger'.length))
    .filter((name) => name.replace(/\/(failed|acted)\/\d+$/, '') === `watch/${id}`);
}

function routingKeyName(systems: Readonly<Record<string, System>>, system: string, tier: number): string {
  const entry = systems[system]?.escalation.find((candidate) => candidate.tier === tier);
  return entry?.routingKey ?? `PAGERDUTY_ROUTING_KEY_TIER_${tier}`;
}
