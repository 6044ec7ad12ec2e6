import { observationTimeout, patienceOf, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import type { Change, RunContext, Watch, WatchFinding } from '../../domain/action.ts';
import { describeError, isStoreTrouble, LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import { type FenceInput, moved, movedSystem, promotedOf, subjectOf, type Where, withDatabase } from './database.ts';
import { fenceAndProve, isFenced, readWriters } from './prove-fence.ts';

/**
 * World seconds between two looks. Whoever looks starts the next one while the last still hangs, so that a primary that
 * comes back waits 2 s for a look that it can answer, however long the ones before it go on hanging; connecting, asking
 * RDS and proving the fence take some 2 s more.
 */
const EVERY_SECONDS = 2;
/** World milliseconds in which one that answers is to be fenced before people are told that it was not; never below the machine's. */
const PATIENCE = 15_000;
const SHORTEST_PATIENCE_MS = 1000;

/** Looks whether an old primary that could not be fenced has come back, and fences it as the run would have done. */
export function watchOldPrimary(clients: Clients): Watch<typeof FenceInput> {
  return {
    exception: 'unfenced',
    subject: (input, system) => subjectOf(movedSystem(system, input).database.primary),
    everySeconds: EVERY_SECONDS,
    look: (context, input) => fenceWhenBack(clients, moved(context, input), promotedOf(input, context.system)),
  };
}

/**
 * One look. As long as nothing answers it throws Retryable. Once it has answered, what fails is tried again within the
 * patience, and then told: an old primary that accepts writes is no reason to stay silent. What Lifeboat's own database
 * does not answer is no news of it, and is thrown as it is.
 */
async function fenceWhenBack(clients: Clients, context: RunContext, replica: Where): Promise<WatchFinding | undefined> {
  const giveUpAt = performance.now() + patienceOf(context.clock, PATIENCE, SHORTEST_PATIENCE_MS);
  let answered = false;
  let changes: readonly Change[] = [];
  const looking: RunContext = {
    ...context,
    changed(now) {
      changes = now;
    },
  };
  const { finding, failure } = await context.waitUntil(async () => {
    try {
      const found = await lookOnce(clients, looking, replica, () => {
        answered = true;
      });
      return { finding: found, failure: undefined };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!answered || !mayPass(error)) return { finding: undefined, failure: error };
      if (performance.now() < giveUpAt) return undefined;
      if (isStoreTrouble(error)) return { finding: undefined, failure: error };
      const sentence = `It answers, but the fence fails again and again. ${describeError(error)}`;
      return { finding: undefined, failure: new Permanent('fence.not-proven', sentence, { cause: error }) };
    }
  });
  if (failure !== undefined) throw failure;
  // An attempt whose connection was lost may have fenced it, so that the one after it found nothing to change.
  return finding?.kind === 'acted' ? { ...finding, changes: [...changes] } : finding;
}

function mayPass(error: unknown): boolean {
  return error instanceof Retryable || (error instanceof LifeboatError && error.code === 'fence.connection-lost');
}

async function lookOnce(
  clients: Clients,
  context: RunContext,
  replica: Where,
  onAnswer: () => void,
): Promise<WatchFinding | undefined> {
  const { clock, signal, system } = context;
  const { applicationUsers, primary } = system.database;
  const connecting = within(observationTimeout(clock), signal);
  return withDatabase(clients, { ...context, signal: connecting }, primary, async (session) => {
    onAnswer();
    // Asked side by side: each answer takes a share of the seconds in which it accepts writes.
    const promoted = isReplicaPromoted(clients, replica, signal);
    promoted.catch(() => undefined);
    const found = await readWriters(session, applicationUsers, signal);
    // Rebuilt: what could have accepted writes is gone, and fencing this one later would fence what people go back to.
    if (found.role === 'replica') {
      return { kind: 'cleared', sentence: `${subjectOf(primary)} is a read replica now and accepts no writes.` };
    }
    if (!(await promoted)) return undefined;
    if (!isFenced(found)) await fenceAndProve(context, session, signal);
    const sentence = `${subjectOf(primary)} answers again and is fenced: the application cannot sign in and has no session.`;
    return { kind: 'acted', sentence, changes: [] };
  });
}

/**
 * Before the promotion, and when it came to nothing, the old primary is the only one: taking writes away from it would be
 * the outage. Asked each time, because people may have gone back since.
 */
async function isReplicaPromoted(clients: Clients, { region, instance }: Where, signal: AbortSignal): Promise<boolean> {
  return (await clients.aws.rds.describe(region, instance, signal)).replicaOf === '';
}
