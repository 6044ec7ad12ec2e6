import { EventEmitter } from 'node:events';
import type { WorldClock } from '../../src/domain/clock.ts';
import { type Condition, conditionOf, type Reach, regionCondition } from './condition.ts';
import { latency } from './random.ts';
import type { Call, Fault, FaultName, Scheduled, Transition, WorldState } from './state.ts';
import { takeTime } from './take-time.ts';

/** More calls than any rehearsal needs to look back at. */
const MOST_CALLS = 40_000;

export type CallEntry = Omit<Call, 'at' | 'latency'>;

/** What the endpoints tell those who watch (the page, the prompt, the simulation). */
export interface WorldEvents {
  call: [Call];
  transition: [Transition];
  fault: [{ fault: Fault; on: boolean }];
  changed: [];
  /** The clock's speed changed. */
  speed: [];
}

/**
 * The simulated world: plain state, one clock, and the things that will happen by themselves. Endpoints read and
 * change the state; nothing in here knows a protocol. Latencies are a function of (seed, operation, resource,
 * ordinal), so that one call more elsewhere changes nothing here.
 */
export class World extends EventEmitter<WorldEvents> {
  readonly clock: WorldClock;
  readonly state: WorldState;
  readonly #handlers = new Map<string, (data: Scheduled['data']) => void>();
  #running = false;
  #disarm: (() => void) | undefined;

  constructor(clock: WorldClock, state: WorldState) {
    super();
    // Every endpoint and every database listens.
    this.setMaxListeners(0);
    this.clock = clock;
    this.state = state;
    this.#noteAnchor();
    clock.onChange(() => {
      this.#noteAnchor();
      this.emit('speed');
    });
  }

  #noteAnchor(): void {
    this.state.clockAnchors ??= [];
    this.state.clockAnchors.push(this.clock.anchor());
  }

  /** Lets time run at `speed` world seconds per second from now on; 0 pauses it. Everybody's clock follows this one. */
  setSpeed(speed: number): void {
    this.clock.setSpeed(speed);
  }

  /** Resolves when a call of this many world milliseconds has taken its time, in a pause too; early with `signal`. */
  takeTime(worldMilliseconds: number, signal?: AbortSignal): Promise<void> {
    return takeTime(this.clock, worldMilliseconds, signal);
  }

  /** World milliseconds that this occurrence of `operation` on `resource` takes; `range` is in world seconds. */
  latency(range: readonly [number, number], operation: string, resource: string): number {
    const ordinal = this.#ordinal(`${operation} ${resource}`);
    return latency(range, this.state.seed, operation, resource, ordinal);
  }

  isOn(fault: FaultName): boolean {
    return this.state.faults.some(({ name }) => name === fault);
  }

  /**
   * Whether `fault` is on and hits this occurrence of `what`: two of three are hit, the first of them too, so that whoever
   * goes on asking is served.
   */
  isHit(fault: FaultName, what: string): boolean {
    return this.isOn(fault) && this.#ordinal(`${fault} ${what}`) % 3 !== 2;
  }

  #ordinal(key: string): number {
    const ordinal = this.state.ordinals[key] ?? 0;
    this.state.ordinals[key] = ordinal + 1;
    return ordinal;
  }

  /** Registers what a scheduled kind does. Must be called before `start()`. */
  handle(kind: string, handler: (data: Scheduled['data']) => void): void {
    this.#handlers.set(kind, handler);
  }

  /** Lets `kind` happen `delay` world milliseconds from now. */
  schedule(delay: number, kind: string, data: Scheduled['data']): void {
    this.scheduleAt(this.clock.now() + delay, kind, data);
  }

  /** Lets `kind` happen at `at` (world time, epoch milliseconds); what is due at the same time happens in call order. */
  scheduleAt(at: number, kind: string, data: Scheduled['data']): void {
    this.state.scheduled.push({ at, kind, data });
    this.state.scheduled.sort((a, b) => a.at - b.at);
    this.#arm();
  }

  /** Begins to carry out what is scheduled, each at its world time. */
  start(): void {
    this.#running = true;
    this.#arm();
  }

  /** What is still scheduled stays so. */
  stop(): void {
    this.#running = false;
    this.#disarm?.();
  }

  /** Tells watchers that the state changed. */
  touch(): void {
    this.emit('changed');
  }

  recordCall(entry: CallEntry, startedAt: number): void {
    const call = { ...entry, at: startedAt, latency: this.clock.now() - startedAt };
    const { calls } = this.state;
    calls.push(call);
    // The observer alone makes thousands an hour, and a world may be played for days.
    if (calls.length > MOST_CALLS) calls.splice(0, calls.length - MOST_CALLS / 2);
    this.emit('call', call);
  }

  recordTransition(transition: Transition): void {
    this.state.transitions.push(transition);
    this.emit('transition', transition);
  }

  switchFault(fault: Omit<Fault, 'since'>, on: boolean): void {
    const same = (other: Fault) => other.name === fault.name && other.target === fault.target;
    const before = this.state.faults.find(same);
    this.state.faults = this.state.faults.filter((other) => !same(other));
    const entry = { ...fault, since: on ? this.clock.now() : (before?.since ?? this.clock.now()) };
    if (on) this.state.faults.push(entry);
    if (on || before) {
      this.state.faultLog ??= [];
      this.state.faultLog.push({ ...fault, at: this.clock.now(), on });
    }
    this.emit('fault', { fault: entry, on });
    this.touch();
  }

  /** How a region behaves now as a whole: `hang` accepts and never answers, `refuse` closes at once. */
  regionCondition(region: string): Condition {
    return regionCondition(this.state, region);
  }

  /** How an address of a region behaves now to whoever reaches for it. */
  conditionOf(reach: Reach): Condition {
    return conditionOf(this.state, reach);
  }

  #arm(): void {
    this.#disarm?.();
    const next = this.state.scheduled[0];
    if (next && this.#running) this.#disarm = this.clock.at(next.at, () => this.#carryOut());
  }

  #carryOut(): void {
    const now = this.clock.now();
    while (this.state.scheduled[0] && this.state.scheduled[0].at <= now) {
      const due = this.state.scheduled.shift();
      if (!due) break;
      const handler = this.#handlers.get(due.kind);
      if (!handler) throw new Error(`nothing handles the scheduled ${due.kind}`);
      handler(due.data);
    }
    this.touch();
    this.#arm();
  }
}
