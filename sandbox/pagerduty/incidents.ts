import type { World } from '../world/world.ts';
import { PagerDutyEvent } from './event.ts';
import { createPagerDutyState, type PagerDutyIncident, type PagerDutyState } from './state.ts';

/** The Events API is asynchronous: an accepted event takes effect 1–5 world seconds later. */
const TAKES_EFFECT_AFTER = [1, 5] as const;
const EVENT = 'pagerduty.event';

export class Incidents {
  readonly #world: World;
  readonly #serviceOf: (routingKey: string) => string;
  readonly state: PagerDutyState;

  constructor(world: World, serviceOf: (routingKey: string) => string) {
    this.#world = world;
    this.#serviceOf = serviceOf;
    world.state.pagerduty ??= createPagerDutyState();
    this.state = world.state.pagerduty;
    world.handle(EVENT, ({ event, dedupKey }) => {
      this.#apply(PagerDutyEvent.parse(JSON.parse(String(event))), String(dedupKey));
      world.touch();
    });
  }

  /** Accepts a valid event: it will take effect by itself, after those of the same alert that came before it. */
  accept(event: PagerDutyEvent, dedupKey: string): void {
    const alert = `${event.routing_key} ${dedupKey}`;
    const now = this.#world.clock.now();
    const delay = this.#world.latency(TAKES_EFFECT_AFTER, 'pagerduty.enqueue', dedupKey);
    const at = Math.max(now + delay, this.state.underWayUntil[alert] ?? 0);
    this.state.underWayUntil[alert] = at;
    this.#world.scheduleAt(at, EVENT, { event: JSON.stringify(event), dedupKey });
  }

  /** What the person with the telephone does; throws when there is no such incident. */
  press(id: string, action: 'acknowledge' | 'resolve'): void {
    const incident = this.state.incidents.find((candidate) => candidate.id === id);
    if (!incident) throw new Error(`there is no page ${id}`);
    this.#move(incident, action);
    this.#world.touch();
  }

  #apply(event: PagerDutyEvent, dedupKey: string): void {
    const open = this.state.incidents.find(
      (incident) =>
        incident.routingKey === event.routing_key && incident.dedupKey === dedupKey && incident.status !== 'resolved',
    );
    if (event.event_action !== 'trigger') {
      if (open) this.#move(open, event.event_action);
      return;
    }
    if (open) open.repeats += 1;
    else if (event.payload) this.state.incidents.push(this.#incident(event, event.payload, dedupKey));
  }

  #incident(
    event: PagerDutyEvent,
    payload: NonNullable<PagerDutyEvent['payload']>,
    dedupKey: string,
  ): PagerDutyIncident {
    const details = payload.custom_details;
    return {
      id: `Q${String(this.state.incidents.length + 1).padStart(5, '0')}`,
      service: this.#serviceOf(event.routing_key),
      routingKey: event.routing_key,
      dedupKey,
      status: 'triggered',
      severity: payload.severity,
      summary: payload.summary,
      source: payload.source,
      details: typeof details === 'object' && details !== null ? { ...details } : {},
      triggeredAt: this.#world.clock.now(),
      repeats: 0,
    };
  }

  #move(incident: PagerDutyIncident, action: 'acknowledge' | 'resolve'): void {
    const now = this.#world.clock.now();
    if (action === 'resolve' && incident.status !== 'resolved') {
      incident.status = 'resolved';
      incident.resolvedAt = now;
    }
    if (action === 'acknowledge' && incident.status === 'triggered') {
      incident.status = 'acknowledged';
      incident.acknowledgedAt = now;
    }
  }
}
