import type { HealthCheck } from './health/health-check.ts';

export interface Route53State {
  zones: Record<string, { id: string; name: string; records: DnsRecord[] }>;
  changes: Record<string, { id: string; submittedAt: number; insyncAt: number; comment?: string }>;
  /** By id; absent in worlds of before there were any. */
  healthChecks?: Record<string, HealthCheck>;
}

export interface DnsRecord extends Routing {
  /** Fully qualified, with the final dot, lower case. */
  name: string;
  type: string;
  ttl: number;
  values: string[];
  /** From when on the name servers answer with it; until then they answer `previous`. */
  effectiveAt: number;
  previous?: { ttl: number; values: string[] } & Routing;
}

/** How one of several records of the same name and type is chosen; empty for the only one. */
export interface Routing {
  /** Tells it from the others. */
  setIdentifier?: string;
  /** 0 to 255: its share among the others of its name. */
  weight?: number;
  failover?: 'PRIMARY' | 'SECONDARY';
  healthCheckId?: string;
}
