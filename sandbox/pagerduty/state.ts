/** What PagerDuty knows, as plain data; times are world time. */
export interface PagerDutyState {
  incidents: PagerDutyIncident[];
  /** By routing key and dedup key, until when the last event of it is under way: events of one alert keep their order. */
  underWayUntil: Record<string, number>;
}

export interface PagerDutyIncident {
  id: string;
  /** Whose telephone rings. */
  service: string;
  routingKey: string;
  dedupKey: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  severity: 'critical' | 'error' | 'warning' | 'info';
  summary: string;
  source: string;
  details: Record<string, unknown>;
  triggeredAt: number;
  acknowledgedAt?: number;
  resolvedAt?: number;
  /** Events that were folded into this incident after the first; none of them rang again. */
  repeats: number;
}

export function createPagerDutyState(): PagerDutyState {
  return { incidents: [], underWayUntil: {} };
}
