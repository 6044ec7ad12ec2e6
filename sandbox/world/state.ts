import type { ClockAnchor } from '../../src/domain/clock.ts';
import type { RoutingControlState } from '../aws/arc/state.ts';
import type { LoadBalancerState } from '../aws/elbv2/state.ts';
import type { RdsSnapshot } from '../aws/rds/backups/state.ts';
import type { RdsCluster, RdsEvent, RdsGlobalCluster, RdsInstance } from '../aws/rds/state.ts';
import type { Route53State } from '../aws/route53/state.ts';
import type { S3State } from '../aws/s3/state.ts';
import type { SecretsState } from '../aws/secrets-manager/state.ts';
import type { ClusterState } from '../kubernetes/state.ts';
import type { ApplicationLine, TrafficMinute } from '../monitoring/state.ts';
import type { PagerDutyState } from '../pagerduty/state.ts';
import type { Damage } from '../postgres/damage.ts';
import type { FleetState } from '../postgres/fleet.ts';
import type { SlackState } from '../slack/state.ts';
import type { Topology } from './topology.ts';

/**
 * Everything the simulated world is, as plain data: it can be written to a file and read back. Each slice belongs
 * to the folder that serves it; times are world time (epoch milliseconds, UTC).
 */
export interface WorldState {
  version: 1;
  seed: number;
  startedAt: number;
  /** What the clock went by, oldest first: which machine time a world time was. Absent before the world is loaded. */
  clockAnchors?: ClockAnchor[];
  /** How often each (operation, resource) has happened: the ordinal that its next latency depends on. */
  ordinals: Record<string, number>;
  scheduled: Scheduled[];
  faults: Fault[];
  /** Every switch of a fault, oldest first; absent before the first. */
  faultLog?: FaultSwitch[];
  /** What was done to databases, oldest first; absent before the first. */
  damages?: Damage[];
  /** Where users' traffic was sent, each time that it really moved, oldest first; absent before the first. */
  trafficLog?: TrafficMove[];
  calls: Call[];
  transitions: Transition[];
  /** How its databases were laid out when it began; absent in worlds saved before there was a choice. */
  topology?: Topology;
  rds: Record<string, Record<string, RdsInstance>>;
  /** Aurora clusters by region and identifier, and global clusters; absent where there are none. */
  rdsClusters?: Record<string, Record<string, RdsCluster>>;
  rdsGlobalClusters?: Record<string, RdsGlobalCluster>;
  /** What RDS told, oldest first, for as long as it keeps it; absent before the first. */
  rdsEvents?: RdsEvent[];
  /** Snapshots by region and identifier; absent before the world is served. */
  rdsSnapshots?: Record<string, Record<string, RdsSnapshot>>;
  /** The servers behind `rds`; absent in worlds saved before they could grow, until they are started. */
  databases?: FleetState;
  route53: Route53State;
  /** Absent where the system has none. */
  routingControls?: RoutingControlState;
  elbv2: Record<string, LoadBalancerState>;
  /** Absent in worlds saved before there was any. */
  s3?: S3State;
  /** Secrets Manager's; absent in worlds saved before there were any (made anew then). */
  secrets?: SecretsState;
  kubernetes: Record<string, ClusterState>;
  /** Whether AWS Health answers the account at all; absent: it has no support plan, as most. */
  hasSupportPlan?: boolean;
  /** What each region's load balancer saw, minute by minute; absent before the first request. */
  traffic?: Record<string, TrafficMinute[]>;
  /** What each region's pods wrote into their logs, oldest first; absent before the first line. */
  applicationLogs?: Record<string, ApplicationLine[]>;
  /** Absent until that service is started for the first time. */
  pagerduty?: PagerDutyState;
  slack?: SlackState;
}

/** Something that will happen by itself; handlers are registered by `kind`, so that it survives a restart. */
export interface Scheduled {
  at: number;
  kind: string;
  data: Record<string, string | number | boolean>;
}

export type FaultName =
  | 'region-down'
  | 'region-refuse'
  | 'route53-control-plane-down'
  | 'replica-lag'
  | 'slack-rate-limited'
  | 'slack-errors'
  | 'slack-silent'
  | 'pagerduty-down'
  | 'aws-throttled'
  | 'aws-errors'
  | 'aws-resets'
  | 'aws-slow'
  | 'promotion-refused'
  | 'kubernetes-conflicts'
  | 'zone-down'
  | 'network-partition'
  | 'old-primary-returns'
  | 'database-crash'
  | 'database-overloaded'
  | 'broken-replica'
  | 'corrupted-index'
  | 'corrupted-table'
  | 'deleted-rows'
  | 'crash-looping-pods'
  | 'out-of-memory-pods'
  | 'image-missing'
  | 'failing-probes'
  | 'full-nodes'
  | 'dns-does-not-propagate'
  | 'expired-credentials'
  | 'backup-missing'
  | 'backup-stale'
  | 'backup-wrong-checksum';

/** A switched-on fault: `region-down:us-east-1` has the target `us-east-1`, `replica-lag:600s` has seconds 600. */
export interface Fault {
  name: FaultName;
  target?: string;
  seconds?: number;
  since: number;
  /** Nothing has come of it yet, for want of a database that accepts writes. */
  waits?: true;
}

/** A fault that was switched on or off at this moment. */
export interface FaultSwitch extends Omit<Fault, 'since' | 'waits'> {
  at: number;
  on: boolean;
}

/** From `at` on, name servers answer with this region, or its load balancer does this with requests. */
export type TrafficMove = { at: number; region: string } & (
  | { what: 'dns' }
  | { what: 'load-balancer'; to: 'service' | 'standby' | 'split' }
);

/** One API call, as it was answered. `mutating` and `status` < 300 together mean: carried out. */
export interface Call {
  at: number;
  latency: number;
  /**
   * `rds`, `route53`, `elbv2`, `sts`, `kubernetes`, `slack`, `pagerduty`; `alb` is what a load balancer answered to
   * users and health checks, where that changed.
   */
  service: string;
  region?: string;
  /** The service's own name of the operation: `PromoteReadReplica`, `patch deployments/scale`. */
  operation: string;
  resource: string;
  mutating: boolean;
  status: number;
  error?: string;
}

/** A change that took the world time by itself: a promotion, a record until INSYNC, a pod until ready. */
export interface Transition {
  service: string;
  region?: string;
  kind: string;
  resource: string;
  from: number;
  /** When it ends or ended; known at its start. */
  to: number;
}
