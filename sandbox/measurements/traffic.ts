import type { System } from '../../src/domain/system.ts';
import { answeredSince } from '../dns/zone.ts';
import type { TrafficMove, WorldState } from '../world/state.ts';
import { dnsForUsers, loadBalancerMode } from './serving.ts';

/** Where users' traffic is sent at one moment. */
interface Traffic {
  dns: string | undefined;
  loadBalancers: Record<string, 'service' | 'standby' | 'split'>;
}

/**
 * Sees when traffic really moves. The state of the world keeps only the last change of a record or a listener, so each
 * move is noted in `state.trafficLog`.
 */
export class TrafficWatch {
  readonly #state: WorldState;
  readonly #system: System;
  #last: Traffic;

  /** What is found now is where traffic was before: it is no move. `now` is world time. */
  constructor(state: WorldState, system: System, now: number) {
    this.#state = state;
    this.#system = system;
    this.#last = this.#look(now);
  }

  /** Notes what has moved since the last call. */
  look(now: number): void {
    const before = this.#last;
    const traffic = this.#look(now);
    this.#last = traffic;
    for (const [region, to] of Object.entries(traffic.loadBalancers)) {
      if (before.loadBalancers[region] === to) continue;
      this.#note({ at: this.#changedAt(region, now), what: 'load-balancer', region, to });
    }
    if (traffic.dns !== undefined && traffic.dns !== before.dns) {
      this.#note({ at: this.#recordChangedAt(now), what: 'dns', region: traffic.dns });
    }
  }

  #look(now: number): Traffic {
    const regions = Object.keys(this.#state.elbv2);
    return {
      dns: dnsForUsers(this.#state, this.#system, now).region,
      loadBalancers: Object.fromEntries(regions.map((region) => [region, loadBalancerMode(this.#state, region, now)])),
    };
  }

  #note(move: TrafficMove): void {
    this.#state.trafficLog ??= [];
    this.#state.trafficLog.push(move);
  }

  /** Listeners and records say from when on they are in effect; that is more exact than when somebody looked. */
  #changedAt(region: string, now: number): number {
    const at = this.#state.elbv2[region]?.effectiveAt;
    return at !== undefined && at <= now ? at : now;
  }

  #recordChangedAt(now: number): number {
    const at = answeredSince({ state: this.#state, system: this.#system, now }, this.#system.dns.record);
    return at !== undefined && at <= now ? at : now;
  }
}
