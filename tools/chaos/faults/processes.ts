import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { BotName } from '../bots.ts';
import type { ChaosFault, StrikeContext } from '../fault.ts';
import type { LeaseRow } from '../store-view.ts';

/** Machine milliseconds. */
const LOOK = 20;
/** Nobody waits longer for a takeover: the goal is 5 s. */
const LONGEST_TAKEOVER = 20_000;
/** More than twice the lease of 3.5 s. */
const STOPPED_FOR = 8000;
/** In which a process hears that the world runs slowly, before it hears nothing for a while. */
const HEARS_WITHIN = 60;
/** In which a process that was woken has come to itself. */
const AWAKE_AFTER = 1000;

/** `kill -9` of the process that drives the run; the other one goes on. */
export const workerKilled: ChaosFault = {
  name: 'worker-killed',
  sentence: 'kill -9 of the process that holds the run: another process takes it over.',
  everywhere: true,
  async strike(context) {
    const { bots } = context;
    const before = await context.store.runLease();
    const victim = victimOf(context, before);
    return context.slowly(async () => {
      const replaced = bots.replace(victim);
      const takeover = isHeldBy(context, before, victim) ? takeoverOf(context, before) : undefined;
      return (await Promise.all([replaced, takeover]))[1];
    });
  },
};

/** `kill -9` of every process at once; their supervisor starts them again. */
export const botKilled: ChaosFault = {
  name: 'bot-killed',
  sentence: 'kill -9 of every process of Lifeboat at once: those that are started in their place go on.',
  everywhere: true,
  async strike(context) {
    const { bots } = context;
    const before = await context.store.runLease();
    return context.slowly(async () => {
      const replaced = Promise.all([bots.replace('A'), bots.replace('B')]);
      const takeover = before?.live ? takeoverOf(context, before) : undefined;
      return (await Promise.all([replaced, takeover]))[1];
    });
  },
};

/** SIGSTOP for twice the lease, then SIGCONT: the process wakes up when another one drives the run. */
export const workerStopped: ChaosFault = {
  name: 'worker-stopped',
  sentence:
    'SIGSTOP of the process that holds the run for 8 s, then SIGCONT: what it does too late counts for nothing.',
  everywhere: true,
  strike: (context) =>
    context.slowly(async () => {
      await pause(HEARS_WITHIN);
      const before = await context.store.runLease();
      const victim = victimOf(context, before);
      const { pid } = context.bots.process(victim);
      process.kill(pid, 'SIGSTOP');
      try {
        const takeover = isHeldBy(context, before, victim) ? takeoverOf(context, before) : undefined;
        return (await Promise.all([takeover, pause(STOPPED_FOR)]))[0];
      } finally {
        process.kill(pid, 'SIGCONT');
        await pause(AWAKE_AFTER);
      }
    }),
};

/** The holder of the run; while nobody holds one, each process in turn. */
function victimOf({ bots, sequence }: StrikeContext, lease: LeaseRow | undefined): BotName {
  const holder = lease?.live ? bots.nameOf(lease.holder) : undefined;
  return holder ?? (sequence % 2 === 0 ? 'A' : 'B');
}

function isHeldBy({ bots }: StrikeContext, lease: LeaseRow | undefined, name: BotName): lease is LeaseRow {
  return lease?.live === true && bots.nameOf(lease.holder) === name;
}

/**
 * Machine seconds until somebody else holds the run's lease; undefined when the run had ended with the holder. Throws
 * when nobody does.
 */
async function takeoverOf({ store, sandbox }: StrikeContext, before: LeaseRow): Promise<number | undefined> {
  const began = performance.now();
  while (performance.now() - began < LONGEST_TAKEOVER) {
    const now = await store.runLease();
    if (now && now.name === before.name && now.epoch > before.epoch) return (performance.now() - began) / 1000;
    // Nobody takes over what has ended: its last holder died before it could give the lease back, or the next one has.
    if (await isFinished(sandbox)) return undefined;
    await pause(LOOK);
  }
  throw new Error(`Nobody took over the run ${before.name} within ${LONGEST_TAKEOVER / 1000} s.`);
}

async function isFinished({ store: { journal }, systemName }: Sandbox): Promise<boolean> {
  const incident = await journal.newestIncident(systemName);
  const state = incident === undefined ? undefined : await journal.state(incident);
  return state?.run?.status === 'finished';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
