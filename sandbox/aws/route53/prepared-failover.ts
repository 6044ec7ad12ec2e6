import type { System } from '../../../src/domain/system.ts';
import type { HealthCheck, HealthCheckConfig } from './health/health-check.ts';
import type { DnsRecord } from './state.ts';

/** Fast checks: 10 s between two looks, three of which turn one. */
const INTERVAL = 10;
const THRESHOLD = 3;

/** What was prepared for the day on which records cannot be changed. */
export interface PreparedFailover {
  healthChecks: Record<string, HealthCheck>;
  /** The users' record as a pair: the primary as it is, and where name servers go when its health check fails. */
  pair(record: DnsRecord, standbyHost: string): DnsRecord[];
}

/**
 * Failover records whose primary carries the check `trafficObject.healthCheck`. It says nothing of the primary region's
 * health, for traffic may move only after the database: it is a switch, and healthy until somebody throws it, by writing
 * the object (inverted: an object that answers fails the check) or by turning the region's routing control off. Undefined
 * where the system has no such object.
 */
export function preparedFailover(system: System, now: number): PreparedFailover | undefined {
  const { trafficObject, routingControls, regions } = system;
  if (!trafficObject) return undefined;
  const { bucket, region, key, healthCheck } = trafficObject;
  const create = (id: string, config: HealthCheckConfig, passing: boolean): HealthCheck => {
    return { id, callerReference: `lifeboat-${id}`, version: 1, config, passing, since: now, streak: 0 };
  };
  const overObject = (id: string) => {
    const address = { host: `${bucket}.s3.${region}.amazonaws.com`, path: `/${key}`, port: 443 };
    const often = { interval: INTERVAL, threshold: THRESHOLD } as const;
    return create(id, { type: 'HTTPS', inverted: true, disabled: false, ...address, ...often }, false);
  };
  const control = routingControls?.controls[regions.primary];
  const children = control
    ? [
        overObject(childOf(healthCheck, 1)),
        create(
          childOf(healthCheck, 2),
          { type: 'RECOVERY_CONTROL', inverted: false, disabled: false, routingControl: control },
          true,
        ),
      ]
    : [];
  const ids = children.map(({ id }) => id);
  const both = { type: 'CALCULATED', inverted: false, disabled: false, children: ids, threshold: ids.length } as const;
  const top = control ? create(healthCheck, both, true) : overObject(healthCheck);
  return {
    healthChecks: Object.fromEntries([top, ...children].map((check) => [check.id, check])),
    pair: (record, standbyHost) => [
      { ...record, setIdentifier: 'primary', failover: 'PRIMARY', healthCheckId: healthCheck },
      { ...record, values: [standbyHost], setIdentifier: 'secondary', failover: 'SECONDARY' },
    ],
  };
}

/** Ids of the same form, which differ in their last digit. */
function childOf(id: string, ordinal: number): string {
  const last = Number.parseInt(id.at(-1) ?? '', 16);
  return `${id.slice(0, -1)}${(((Number.isNaN(last) ? 0 : last) + ordinal) % 16).toString(16)}`;
}
