import type { JsonObject, SampleReader } from '../domain/action.ts';
import type { IncidentEvent, JournalEntry } from '../domain/events.ts';
import type { IncidentState } from '../domain/incident-state.ts';

/** Proof that the caller holds a run's lease; every execution fact carries it. */
export interface LeaseToken {
  /** What is leased: a run id. */
  name: string;
  holder: string;
  epoch: number;
}

export const TIMER_KINDS = ['tier', 'approval-expiry', 'reminder', 'abort-window'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

export interface NewTimer {
  /** Unique: arming an id that exists changes nothing. `INC-1/tier/2`. */
  id: string;
  kind: TimerKind;
  /** World time, epoch milliseconds. */
  dueAt: number;
  data: JsonObject;
}

export interface Timer extends NewTimer {
  incident: string;
}

/** What one decision appends, atomically. */
export interface Decision {
  events: IncidentEvent[];
  arm?: NewTimer[];
  /** Ids of timers that shall not fire any more. */
  disarm?: string[];
  /** Locks to take for a run; the whole decision fails with Permanent `lock.held` when another run holds one. */
  lock?: { owner: string; names: string[] };
  /** Gives back every lock of this owner; before `lock` takes any. */
  unlock?: string;
  /** Watches that begin, and those that end: rows by which every process finds them after run and incident ended. */
  watch?: string[];
  unwatch?: string[];
}

/** The append-only, hash-chained record of every incident. */
export interface Journal {
  /**
   * Opens an incident with its first decision; allocates the id (`INC-1`, `INC-2`, …). One open incident per system:
   * throws InvalidInput `incident.open` that names the existing one. A function gets the id, for what has to name it.
   */
  open(system: string, at: number, decision: Decision | ((incident: string) => Decision)): Promise<JournalEntry[]>;
  /**
   * Locks the incident's head row, folds, asks `decide` (pure, synchronous) and appends what it returns, in one
   * transaction; two callers come one after the other. With `lease`, throws LeaseLost unless its epoch is current.
   * An empty decision appends nothing. What `decide` throws is passed on and appends nothing. With `lease` it may be asked
   * twice: first over what this process knows, then over the journal as it is; only one decision is carried out.
   */
  decide(
    incident: string,
    at: number,
    decide: (state: IncidentState) => Decision,
    lease?: LeaseToken,
  ): Promise<{ entries: JournalEntry[]; state: IncidentState }>;
  /** Entries after `sequence` (0: all), oldest first. */
  read(incident: string, sequence?: number): Promise<JournalEntry[]>;
  /** The folded state; undefined when there is no such incident. */
  state(incident: string): Promise<IncidentState | undefined>;
  /** Ids of incidents that are not resolved, oldest first. */
  openIncidents(): Promise<string[]>;
  /** Watches that nobody has released yet, with their incidents, open or resolved. */
  watches(): Promise<{ watch: string; incident: string }[]>;
  /** The newest incident of a system, open or resolved; with `before`: the one before that incident. */
  newestIncident(system: string, before?: string): Promise<string | undefined>;
  /** Calls back after each append, on this and every other process (LISTEN/NOTIFY; reconnects by itself). */
  subscribe(onAppend: (incident: string, sequence: number) => void): Promise<() => Promise<void>>;
  /** Recomputes the hash chain. */
  verify(incident: string): Promise<{ events: number; chain: 'valid' | 'broken' }>;
}

/** Leases that die with their holder. Times are machine time, judged by the database's clock. */
export interface Leases {
  /**
   * Takes the lease when it is free, expired or already this holder's; undefined when somebody else holds it. Every
   * token has an epoch of its own: a holder that takes its lease twice loses the first token.
   */
  acquire(name: string, holder: string, milliseconds: number): Promise<LeaseToken | undefined>;
  /** False when it is no longer this holder's under this epoch; one that expired and that nobody took is still its. */
  renew(token: LeaseToken, milliseconds: number): Promise<boolean>;
  release(token: LeaseToken): Promise<void>;
}

export interface Timers {
  /** Lets each timer that is due at `now` fire exactly once: marked and its decision appended in one transaction. */
  fireDue(now: number, decide: (timer: Timer, state: IncidentState, now: number) => Decision): Promise<Timer[]>;
  /** World time of the next timer that is due, if any. */
  nextDueAt(): Promise<number | undefined>;
}

/** Last values of running steps: shown on the board, not journalled. */
export interface Progress {
  set(runId: string, step: string, sentence: string, at: number): Promise<void>;
  of(runId: string): Promise<Record<string, { sentence: string; at: number }>>;
}

/** What the observer writes and planner and actions read. */
export interface Samples {
  /** Stores one sample; `position` is a write position (bytes of WAL) where the subject has one. Thins out old ones. */
  record(system: string, subject: string, at: number, value: JsonObject, position?: number): Promise<void>;
  reader(system: string): SampleReader;
}

/** A request by a person, recorded before it is acknowledged. */
export interface CommandRequest {
  /** Envelope or trigger id: the same id twice is one request. */
  id: string;
  source: 'slack' | 'cli';
  verb: string;
  args: JsonObject;
  user: string;
  channel: string;
  /** Where the answer goes; for Slack the response_url. */
  replyTo?: string;
  /** World time, epoch milliseconds. */
  at: number;
}

export interface Requests {
  /** `duplicate` when this id was recorded before. */
  record(request: CommandRequest): Promise<'new' | 'duplicate'>;
  /** Recorded but never finished (the process died), oldest first. */
  unfinished(): Promise<CommandRequest[]>;
  finish(id: string): Promise<void>;
}

/** One message or page that is to exist: intended, then sent, with the other side's id. */
export interface Delivery {
  /** Unique: `slack/board/INC-1`, `pagerduty/INC-1/tier/2`. */
  key: string;
  incident: string;
  state: 'intended' | 'sent';
  /** The other side's id: a Slack `channel:ts`, a PagerDuty dedup key. */
  externalId?: string;
  /** Hash of what was last delivered, so that the same is not sent twice. */
  contentHash?: string;
  /** Attempts that failed since it was last sent. */
  attempts: number;
}

export interface Deliveries {
  /** Creates the row in state `intended` when it is missing; returns it and whether it existed. */
  intend(key: string, incident: string): Promise<{ delivery: Delivery; existed: boolean }>;
  sent(key: string, externalId: string, contentHash: string): Promise<void>;
  failed(key: string, error: string): Promise<void>;
  ofIncident(incident: string): Promise<Delivery[]>;
  /** Incidents with a delivery that is intended and not sent, each once. */
  unfinished(): Promise<string[]>;
}

/** How far each projection has read each incident: (projection, incident, sequence). */
export interface Cursors {
  get(projection: string, incident: string): Promise<number>;
  set(projection: string, incident: string, sequence: number): Promise<void>;
}

/** Wakes: ids only, nothing is lost when all of them are. */
export interface WakeQueue {
  /** Asks for `advance(runId)` by any worker; `delay` in machine milliseconds. */
  wake(incident: string, delay?: number): Promise<void>;
  close(): Promise<void>;
}

export interface Store {
  journal: Journal;
  leases: Leases;
  timers: Timers;
  progress: Progress;
  samples: Samples;
  requests: Requests;
  deliveries: Deliveries;
  cursors: Cursors;
  close(): Promise<void>;
}
