import { fraction } from '../../sandbox/world/random.ts';
import type { ChaosFault } from './fault.ts';
import type { Job, Moment, Strike } from './job.ts';
import { pick } from './striker.ts';

/** Events between two strikes of one recovery; as many recoveries let a fault follow every event. */
const STRIDE = 6;
/** More events than a recovery has that was struck as often as that. */
const LAST_EVENT = 120;
/** Events of a recovery that nothing strikes: moments are drawn from these. */
const EVENTS = 44;
/** Before it nothing has been declared that could survive. */
const FIRST_EVENT = 1;

/** How often each fault that strikes at random moments does so in the full form: recoveries, and strikes in each. */
const RANDOM: Record<string, readonly [recoveries: number, strikes: number]> = {
  'postgres-restarts': [3, 3],
  'postgres-away': [3, 1],
  'redis-flushed': [2, 4],
  'redis-restarts': [2, 3],
  'queue-emptied': [2, 4],
};
const USUAL = [3, 1] as const;

/** What every recovery of a schedule has; the seed also draws the moments. */
export type ScheduleOptions = Pick<Job, 'seed' | 'speed'>;

/** Every fault at every event in turn, and the others at moments that the seed draws. */
export function fullSchedule(faults: readonly ChaosFault[], options: ScheduleOptions): Job[] {
  return faults.flatMap((fault) => (fault.everywhere ? everywhere(fault, options) : atRandom(fault, options)));
}

/** One recovery with a few strikes that the seed draws: a process that is killed, one that is stopped, two other faults. */
export function shortSchedule(faults: readonly ChaosFault[], { seed, speed }: ScheduleOptions): Job[] {
  const processes = faults.filter(({ everywhere: always }) => always);
  const others = faults.filter(({ everywhere: always }) => !always);
  const first = pick(seed, 'second fault', others);
  const rest = others.filter((fault) => fault !== first && goTogether(fault, first));
  const second = pick(seed, 'third fault', rest);
  const stopped = processes.filter(({ name }) => name === 'worker-stopped');
  const killed = processes.filter((fault) => !stopped.includes(fault));
  const strikes = [pick(seed, 'first fault', killed), ...stopped, first, second].map((fault, index) => ({
    fault: fault.name,
    at: momentOf(fault, seed, `short ${index}`),
  }));
  return [{ seed, strikes: inOrder(strikes), queue: queueOf([first, second]), speed, short: true }];
}

function everywhere(fault: ChaosFault, { seed, speed }: ScheduleOptions): Job[] {
  return Array.from({ length: STRIDE }, (_, offset) => {
    const strikes: Strike[] = [];
    for (let at = FIRST_EVENT + offset; at <= LAST_EVENT; at += STRIDE) strikes.push({ fault: fault.name, at });
    return { seed: seed + offset, strikes, queue: 'postgres', speed, short: false };
  });
}

function atRandom(fault: ChaosFault, { seed, speed }: ScheduleOptions): Job[] {
  const [recoveries, strikes] = RANDOM[fault.name] ?? USUAL;
  return Array.from({ length: fault.moments?.length ?? recoveries }, (_, recovery) => {
    const drawn = Array.from({ length: strikes }, (_one, index) => ({
      fault: fault.name,
      at: fault.moments?.[recovery] ?? momentOf(fault, seed, `${fault.name} ${recovery} ${index}`),
    }));
    return { seed: seed + recovery, strikes: inOrder(drawn), queue: queueOf([fault]), speed, short: false };
  });
}

function momentOf(fault: ChaosFault, seed: number, purpose: string): Moment {
  if (fault.moments) return pick(seed, `moment ${purpose}`, fault.moments);
  return FIRST_EVENT + Math.floor(fraction(seed, 'chaos', 'moment', purpose) * EVENTS);
}

/** By sequence; moments that have a name where their event usually stands. */
function inOrder(strikes: Strike[]): Strike[] {
  return strikes.toSorted((a, b) => placeOf(a.at) - placeOf(b.at));
}

const USUAL_PLACE: Record<string, number> = {
  'incident.declared': 1,
  'escalation.reached': 2,
  'plan.created': 4,
  'step.started scale': 17,
  'step.started promote': 22,
  'step.started connection': 28,
  'step.started restart': 30,
  'step.started load-balancer': 32,
  'step.started dns': 34,
};

function placeOf(at: Moment): number {
  return typeof at === 'number' ? at : (USUAL_PLACE[at] ?? EVENTS);
}

function queueOf(faults: readonly ChaosFault[]): Job['queue'] {
  return faults.find(({ queue }) => queue !== undefined)?.queue ?? 'postgres';
}

function goTogether(one: ChaosFault, other: ChaosFault): boolean {
  return one.queue === undefined || other.queue === undefined || one.queue === other.queue;
}
