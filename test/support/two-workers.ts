import type { RunContext } from '../../src/domain/action.ts';
import { LeaseLost } from '../../src/domain/errors.ts';

/** One worker's go at the same step of the same run. */
export type Attempt<T> = (context: RunContext) => Promise<T>;

/**
 * Lets three workers do the same thing, as bad luck has it: two look, and each checks its lease, before either sends its
 * call; a third one is paused directly after its check number `pausedAt`, and sends the call when the other two have
 * ended. `between` is called then. After that call the third one has lost its lease. Rejects with what one of the first
 * two threw; what the late one came to is `late`, and `wasLate` whether it got to that check: who has nothing to send
 * does not.
 */
export async function withThreeWorkers<T, B>(
  contextOf: () => RunContext,
  attempt: Attempt<T>,
  { pausedAt = 1, between }: { pausedAt?: number; between: () => Promise<B> },
): Promise<{ results: T[]; between: B; late: PromiseSettledResult<T>; wasLate: boolean }> {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: paused, resolve: arrived } = Promise.withResolvers<void>();
  const lateOne = attempt(lateContext(contextOf(), pausedAt, { held, arrived }));
  const late = Promise.allSettled([lateOne]).then(([outcome]) => outcome);
  const wasLate = await Promise.race([paused.then(() => true), late.then(() => false)]);
  const meet = meeting(2);
  const both = [1, 2].map(() => attempt(meetingContext(contextOf(), meet)).finally(meet.leave));
  let seen: B;
  let results: T[];
  try {
    results = await Promise.all(both);
    seen = await between();
  } finally {
    await Promise.allSettled(both);
    release();
  }
  return { results, between: seen, late: await late, wasLate };
}

function lateContext(
  context: RunContext,
  pausedAt: number,
  { held, arrived }: { held: Promise<void>; arrived: () => void },
): RunContext {
  let checks = 0;
  return {
    ...context,
    async assertLease() {
      checks += 1;
      if (checks > pausedAt) throw new LeaseLost('lease.lost', 'Another worker has taken over.');
      await context.assertLease();
      if (checks < pausedAt) return;
      arrived();
      await held;
    },
  };
}

function meetingContext(context: RunContext, { wait }: { wait: () => Promise<void> }): RunContext {
  let first = true;
  return {
    ...context,
    async assertLease() {
      await context.assertLease();
      if (first) await wait();
      first = false;
    },
  };
}

/** Whoever comes waits for the others; one that leaves is waited for no longer. */
function meeting(count: number): { wait: () => Promise<void>; leave: () => void } {
  let missing = count;
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const arrive = () => {
    missing -= 1;
    if (missing <= 0) open();
  };
  return {
    wait: () => {
      arrive();
      return opened;
    },
    leave: arrive,
  };
}
