import type { Json } from '../../src/domain/action.ts';
import type { ClockAnchor } from '../../src/domain/clock.ts';
import type { System } from '../../src/domain/system.ts';
import type { RoutingControlState } from '../aws/arc/state.ts';
import type { RdsOrigin, RdsSnapshot } from '../aws/rds/backups/state.ts';
import type { LostHost, RdsCluster, RdsEvent, RdsGlobalCluster } from '../aws/rds/state.ts';
import type { HealthCheck } from '../aws/route53/health/health-check.ts';
import type { S3State } from '../aws/s3/state.ts';
import type { SecretsState } from '../aws/secrets-manager/state.ts';
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

export interface RdsInstance {
  identifier: string;
  region: string;
  instanceClass: string;
  engineVersion: string;
  /** The service's own words: available, modifying, rebooting, backing-up. */
  status: string;
  /** DNS name clients connect to, and its port. */
  address: string;
  port: number;
  multiAz: boolean;
  /** Where it is; absent in worlds saved before instances had zones. */
  zone?: string;
  /** Of its standby, when it is Multi-AZ. */
  secondaryZone?: string;
  /** After a failover the API shows, until then (world time), the zones of before it. */
  shownZones?: { zone: string; secondaryZone: string; until: number };
  /** Set while it has no host to run on. */
  lost?: LostHost;
  /** Identifier of its cluster; absent for an instance of its own. */
  cluster?: string;
  /** Identifier (or ARN, across regions) of the source; absent for a standalone instance. */
  replicaSource?: string;
  replicas: string[];
  backupRetentionDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  preferredBackupWindow?: string;
  databaseName?: string;
  /** Set once it differs from what the name tells: no renaming changes it. */
  resourceId?: string;
  /** World time; absent: long before the world began. */
  createdAt?: number;
  /** Absent: it is protected. */
  deletionProtection?: boolean;
  /** From when on (world time) it can be restored to a point in time; absent: as long as backups are kept. */
  backedUpSince?: number;
  /** The kept copy that its log goes on from. */
  baseCopy?: string;
  /** What it is made from, while it is created and afterwards. */
  origin?: RdsOrigin;
  /** By key; absent: none. */
  tags?: Record<string, string>;
  /** Its new identifier, while it is being renamed and the old one still holds. */
  renamingTo?: string;
}

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

export interface LoadBalancerState {
  loadBalancerArn: string;
  host: string;
  listenerArn: string;
  port: number;
  /** Forward weights by target group ARN, as the API shows them. */
  weights: Record<string, number>;
  /** From when on traffic follows `weights`; until then it follows `previousWeights`. */
  effectiveAt: number;
  previousWeights: Record<string, number>;
  targetGroups: Record<string, TargetGroupState>;
}

export interface TargetGroupState {
  arn: string;
  name: string;
  kind: 'service' | 'standby';
  healthCheckPath: string;
  /** The deployment whose pods are its targets; absent: those of every deployment in the region. */
  deployment?: string;
}

export interface ClusterState {
  region: string;
  /** Grows with every change of any object, as etcd's revision does. */
  revision: number;
  nodes: NodeState[];
  deployments: Record<string, DeploymentState>;
  autoscalers: Record<string, AutoscalerState>;
  secrets: Record<string, SecretState>;
  pods: Record<string, PodState>;
  /** What the controllers told, oldest first; absent before the first, bounded. */
  events?: ClusterEvent[];
  /** Services, ingresses, config maps and jobs by kind (plural) and name; absent in worlds saved before there were any. */
  objects?: Record<string, Record<string, PlainObjectState>>;
  /** Requests that users send while this region serves them, as pods of each deployment that they keep busy. */
  demand?: Record<string, number>;
}

export interface NodeState {
  name: string;
  allocatableMillicores: number;
  allocatableMemoryMebibytes: number;
  /** World time since when nothing on it answers; absent: it works. */
  downSince?: number;
  /** It has been silent for so long that the cluster calls it not ready. */
  isNotReady?: boolean;
}

/** What a controller of a cluster did or could not do; the same again is counted. */
export interface ClusterEvent {
  name: string;
  resourceVersion: string;
  /** The object that it happened to. */
  involved: { kind: string; namespace: string; name: string; uid: string; fieldPath?: string };
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  host?: string;
  firstAt: number;
  lastAt: number;
  count: number;
}

/** Whose fields of an object are whose, as `metadata.managedFields` tells it. */
export interface FieldManager {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  apiVersion: string;
  at: number;
  /** In the API's own notation (`FieldsV1`), as text. */
  fields: string;
}

interface ObjectState {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Absent until somebody writes the object: until then it belongs to whoever created it. */
  managers?: FieldManager[];
}

/** A pod template that a deployment has or had: what a ReplicaSet stands for. */
export interface TemplateState {
  /** What pods carry as their `templateRevision`. */
  number: number;
  /** Of the rollout: a template that comes back gets a new one. */
  revision: number;
  annotations: Record<string, string>;
  createdAt: number;
  /** Pods that the deployment controller wants of it. */
  replicas: number;
  changeCause?: string;
  /** Labels and containers of its pods; absent: those that a deployment of the system begins with. */
  pods?: PodTemplate;
  /** A bad release: what happens to every pod of it. */
  trouble?: PodTrouble;
}

/** Labels and specification (as the API writes it) of pods. */
export interface PodTemplate {
  labels: Record<string, string>;
  spec: Record<string, Json>;
}

/** What is the matter with a pod's container. */
export type PodTrouble =
  /** It exits soon after its start. */
  | 'crash'
  /** It serves for a while, and is killed at its memory limit. */
  | 'out-of-memory'
  /** Its image cannot be pulled. */
  | 'image'
  /** It runs and does not answer its readiness probe. */
  | 'probe';

export interface DeploymentState extends ObjectState {
  replicas: number;
  /** Number of the current template; `restartedAt` and other template annotations live here. */
  templateRevision: number;
  /** Templates that are kept for a rollback, and the current one; absent in worlds saved before there were any. */
  templates?: TemplateState[];
  templateAnnotations: Record<string, string>;
  /** What a pod of it reserves. */
  podMillicores: number;
  podMemoryMebibytes: number;
  conditions: { type: string; status: string; reason: string; at: number }[];
  observedGeneration: number;
  /** Labels and containers of its pods; absent: those that a deployment of the system begins with. */
  pods?: PodTemplate;
  /** Which pods are its own; absent: those with the label `app` and its name. */
  selector?: Record<string, string>;
}

export interface AutoscalerState extends ObjectState {
  target: string;
  minReplicas: number;
  maxReplicas: number;
}

/** An object that is kept as it was written: everything but its kind, its metadata and its status. */
export interface PlainObjectState extends ObjectState {
  content: Record<string, Json>;
}

export interface SecretState extends ObjectState {
  /** Values in the clear; the wire carries base64. */
  data: Record<string, string>;
}

export interface PodState {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  createdAt: number;
  deployment: string;
  templateRevision: number;
  /** Absent as long as no node has room for it; `readyAt` then lies beyond all times. */
  node: string | undefined;
  scheduledAt: number;
  readyAt: number;
  deletedAt?: number;
  /** The connection secret's values as they were when the pod started: it keeps them until it is restarted. */
  environment: Record<string, string>;
  /** Labels and containers, where it is no pod of a deployment that is as the system began with it. */
  pods?: PodTemplate;
  /** The job that it belongs to; `deployment` is '' then. */
  job?: string;
  /** What is the matter with its container; absent: nothing. */
  trouble?: PodTrouble;
  /** How often its container was started again; absent: never. */
  restarts?: number;
  /** When its container was started last, where that is not what follows from `scheduledAt` and `readyAt`. */
  startedAt?: number;
  /** It runs and has lost its readiness, since then. */
  unreadySince?: number;
  /** Its container does not run: it waits for this reason, since then. */
  waiting?: { reason: string; message: string; since: number };
  /** How its container ended last. */
  ended?: { reason: string; exitCode: number; startedAt: number; finishedAt: number };
  /** It has run to its end, and how. */
  finished?: 'Succeeded' | 'Failed';
  /** Its node is lost: since then nothing of it answers. */
  lostAt?: number;
}

/** Where the ports and addresses of the running world are; never part of the saved state. */
export interface WorldBlueprint {
  systemName: string;
  system: System;
  seed: number;
}
