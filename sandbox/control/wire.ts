import type { PagerDutyIncident } from '../pagerduty/state.ts';
import type { Channel, Ephemeral, Message, Person, View } from '../slack/state.ts';
import type { WorkspaceChange } from '../slack/workspace.ts';
import type { Call, Fault, FaultName } from '../world/state.ts';

/**
 * What the control API tells the page and the prompt. Types only: the page imports them without the server's code.
 * Times are world time (epoch milliseconds, UTC) unless a name says otherwise.
 */

/** Everything that is to be seen, at one moment. */
export interface Snapshot {
  version: 2;
  /** Grows with every reset: what was seen of an earlier world is gone. */
  world: number;
  system: SystemPicture;
  /** What a reset may choose. */
  systems: { name: string; title: string }[];
  seed: number;
  clock: ClockPicture;
  people: Person[];
  channels: Channel[];
  messages: Record<string, Message[]>;
  ephemerals: Ephemeral[];
  views: Record<string, View[]>;
  /** The verbs of `/dr`, for completion. */
  commands: CommandHint[];
  /** What can be started in this world, by system and name. */
  runbooks: RunbookPicture[];
  faults: Fault[];
  faultKinds: FaultKind[];
  pages: Page[];
  picture: Picture;
  /** Oldest first, without gaps; the last one still grows. */
  writes: WriteBucket[];
  /** Oldest first. */
  marks: Mark[];
  /** Of the newest incident; absent before the first. */
  recovery?: RecoveryPicture;
  /** The newest ones (at most 10,000), oldest first. */
  calls: Call[];
  tools: ToolCommand[];
  /** Why no bot runs, in words that follow "The bot is not running:"; absent while one does. It is started again. */
  botOutage?: string;
}

/** What `/events` says after its first snapshot; a reset says `snapshot` again. */
export type ControlEvent =
  | { type: 'snapshot'; snapshot: Snapshot }
  /** A new world is being made; until the next snapshot nothing can be done. */
  | { type: 'resetting' }
  /** There is no world; until another reset nothing can be done. */
  | { type: 'reset-failed'; failure: ResetFailure }
  | { type: 'slack'; change: WorkspaceChange }
  | { type: 'fault'; fault: Fault; on: boolean }
  | { type: 'pages'; pages: Page[] }
  | { type: 'calls'; calls: Call[] }
  | { type: 'clock'; clock: ClockPicture }
  | { type: 'world'; clock: ClockPicture; picture: Picture; recovery?: RecoveryPicture }
  /** New buckets and those that changed; each replaces all known ones that begin within it (old ones are widened). */
  | { type: 'writes'; buckets: WriteBucket[] }
  | { type: 'marks'; marks: Mark[] }
  /** The bot ended, could not be started, or (`outage` is absent) runs again. */
  | { type: 'bot'; outage?: string };

/** Why there is no world, and what the next reset can begin. */
export interface ResetFailure {
  /** One or two sentences for people. */
  why: string;
  systems: Snapshot['systems'];
  /** What it begins when nothing is chosen. */
  system: string;
  seed: number;
}

/** `speed` is world seconds per second; 0: the world is paused. */
export interface ClockPicture {
  now: number;
  speed: number;
}

export interface SystemPicture {
  name: string;
  title: string;
  /** The primary first. */
  regions: string[];
  primary: string;
  secondary: string;
  /** What users' DNS lookups ask for. */
  record: string;
  deployments: string[];
  /** What a recovery is measured against: seconds from detection by severity, and seconds of writes that may be lost. */
  rtoSeconds: Record<string, number>;
  rpoSeconds: number;
  /** Who is paged, and how many seconds after detection; the first tier first. */
  escalation: { tier: number; contact: string; afterSeconds: number }[];
}

export interface CommandHint {
  verb: string;
  /** Without `/dr`: `failover <system> [--to region]`. */
  usage: string;
  summary: string;
}

/** A runbook as it is offered to be started. */
export interface RunbookPicture {
  system: string;
  systemTitle: string;
  /** `region-failover`; started as `/dr run <system>/<id>`. */
  id: string;
  title: string;
  severity: string;
  /** The usual one first. */
  modes: string[];
  /** None of its steps changes anything: it begins without an approval. */
  onlyLooks: boolean;
  parameters: ParameterPicture[];
}

export interface ParameterPicture {
  name: string;
  type: 'region' | 'string' | 'int' | 'bool' | 'duration';
  /** What it is when nothing is given. */
  usual?: string;
  required?: boolean;
  description?: string;
  choices?: string[];
}

/** One switch of the world. */
export interface FaultKind {
  name: FaultName;
  /** What stands behind the colon. */
  target: 'region' | 'zone' | 'instance' | 'deployment' | 'duration' | 'none';
  /** The names that it can be about in this world; absent where it is about none. */
  targets?: string[];
  example: string;
  /** What somebody sees of it, in one sentence. */
  sentence: string;
}

/** A page without its routing key, which is a secret. */
export type Page = Omit<PagerDutyIncident, 'routingKey'>;

/** The world at one glance. Rates and counts are of the product's own client. */
export interface Picture {
  dns: DnsPicture;
  /** What the load balancer of each region does with requests. */
  loadBalancers: Record<string, 'service' | 'standby' | 'split'>;
  /** Ready pods against wanted ones, by region. */
  pods: Record<string, PodsPicture>;
  databases: DatabasePicture[];
  replication?: ReplicationPicture;
  /** The instance that the region which DNS names writes to. */
  writesTo?: string;
  client?: ClientPicture;
  /** What takes its time just now, for what is seen moving. */
  underWay: UnderWay[];
}

/** A change of the world that ends by itself at `to`. */
export interface UnderWay {
  /** A promotion, a listener until traffic follows it, a record until INSYNC, pods until ready. */
  kind: 'promotion' | 'listener-change' | 'change' | 'pod-ready';
  /** Instance, listener, names of records, deployment. */
  resource: string;
  region?: string;
  from: number;
  to: number;
}

export interface DnsPicture {
  record: string;
  /** The host at the end of the chain, as the name servers answer now. */
  host?: string;
  /** The region whose load balancer that is. */
  region?: string;
  ttlSeconds: number;
  /** What each public resolver would answer now: it may remember the old one. */
  resolvers: { name: string; region?: string; secondsLeft: number }[];
}

export interface PodsPicture {
  ready: number;
  wanted: number;
  /** `updated`: those of the newest template; fewer than `wanted` while a deployment is scaled or restarted. */
  deployments: { name: string; ready: number; wanted: number; updated: number }[];
  /** The database instance that they are connected to. */
  database?: string;
}

export interface DatabasePicture {
  instance: string;
  region: string;
  /** RDS's own word: available, modifying, rebooting, backing-up. */
  status: string;
  role: 'primary' | 'replica';
  /** Whether the application's users may sign in and write; unknown as long as nobody looked. */
  writable?: boolean;
}

export interface ReplicationPicture {
  from: string;
  to: string;
  state: 'streaming' | 'late' | 'cut off' | 'ended';
  /** Age of the oldest change that is under way; when it is cut off, since when it is. */
  lagSeconds: number;
}

export interface ClientPicture {
  acknowledged: number;
  failed: number;
  /** Acknowledged, and not in the database that serves now. */
  lost: number;
  /** Share of acknowledged ones among the last writes, 0 to 1; absent before the first. */
  successRate?: number;
  lastFailure?: string;
}

/** What became of the writes that were sent within one slice of world time. */
export interface WriteBucket {
  from: number;
  to: number;
  acknowledged: number;
  failed: number;
  /** Acknowledged, and not in the database that serves now; part of `acknowledged`. */
  lost: number;
}

/** A moment on the time axis. */
export interface Mark {
  at: number;
  kind: 'fault' | 'mended' | 'detection' | 'approval' | 'promotion' | 'traffic' | 'recovery';
  /** A few words: `us-east-1 stops answering`. */
  label: string;
}

/** The clock of the newest incident, and what the client of the product measured. */
export interface RecoveryPicture {
  incident: string;
  title: string;
  severity: string;
  status: 'open' | 'resolved';
  detectedAt: number;
  /** When the plan was approved, the run started, users could work again and the incident was resolved. */
  approvedAt?: number;
  startedAt?: number;
  recoveredAt?: number;
  resolvedAt?: number;
  rtoSeconds: number;
  rpoSeconds: number;
  /** World seconds since detection during which users could not write. */
  downtimeSeconds: number;
  /** Seconds of acknowledged writes that are gone; absent as long as it cannot be known. */
  lossSeconds?: number;
  rowsLost?: number;
  /** The newest plan; absent as long as there is none. */
  plan?: PlanPicture;
  /** Why no plan could be made, in a sentence, as long as there is none. */
  planFailure?: string;
  /** Absent before the first plan is approved. */
  run?: RunPicture;
}

/** What people decide on. */
export interface PlanPicture {
  id: string;
  status: 'awaiting approval' | 'refused' | 'approved' | 'rejected' | 'voided' | 'expired';
  /** Id of the person who asked for it and may not approve it. */
  requestedBy: string;
  /** How such a plan is asked for again: `/dr failover chatbot`. */
  again?: string;
  /** Id of the person whose approval is being compared with the live state just now. */
  approvingBy?: string;
  /** Ids of those who overrode a guard of it and may not approve it. */
  overriddenBy?: string[];
  /** The run under way that an approval aborts: then a commander decides. */
  aborts?: string;
}

export interface RunPicture {
  /** Of which plan. */
  planId: string;
  status: 'running' | 'paused' | 'aborting' | 'finished';
  /** Once it is finished: whether it brought the system back, and when it ended (world time). */
  recovered?: boolean;
  endedAt?: number;
  /** What a person must answer now. */
  question?: string;
  /** While it is paused: a step failed, somebody holds it, or an override waits for its second name. */
  waitsFor?: 'decision' | 'resume' | 'second name';
  /** Id of the person who asked for the override and may not sign it. */
  overrideBy?: string;
  /** The step that cannot be taken back and begins in a moment, as long as an abort still stops it. */
  begins?: string;
  /** It takes back what that run did. */
  undoOf?: string;
}

/** A command that somebody may paste into a terminal to look at the world with their own tools. */
export interface ToolCommand {
  /** `shell`: what must be run once in a terminal before the others; it comes first. */
  tool: 'shell' | 'kubectl' | 'aws' | 'psql' | 'dig' | 'curl';
  /** What it shows, in a few words. */
  title: string;
  command: string;
}

/** POST /clock */
export interface ClockRequest {
  speed: number;
}

/** POST /reset: a new world; whatever is left out stays as it is. */
export interface ResetRequest {
  system?: string;
  seed?: number;
  /** Switched on when the new world is healthy: `region-down:us-east-1`. */
  faults?: string[];
}

/** POST /message: something said in a channel, by a person. */
export interface MessageRequest {
  as: string;
  channel: string;
  text: string;
  threadTs?: string;
}
