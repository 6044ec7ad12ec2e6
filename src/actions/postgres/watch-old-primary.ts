import { observationTimeout, patienceOf, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import type { Change, RunContext, Watch, WatchFinding } from '../../domain/action.ts';
import { describeError, isStoreTrouble, LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import { type FenceInput, moved, movedSystem, promotedOf, subjectOf } from './database.ts';
import { type OldPrimary, oldOfPromotion, oldOfRestore } from './old-primary.ts';
import { fenceAndProve, isFenced, readWriters } from './prove-fence.ts';

/**
 * World seconds between two looks. Whoever looks starts the next one while the last still hangs, so that a primary that
 * comes back waits 2 s for a look that it can answer, however long the ones before it go on hanging; connecting, asking
 * RDS and proving the fence take some 2 s more.
 */
export const OLD_PRIMARY_EVERY_SECONDS = 2;
/** World milliseconds in which one that answers is to be fenced before people are told that it was not; never below the machine's. */
const PATIENCE = 15_000;
const SHORTEST_PATIENCE_MS = 1000;

/** Looks whether an old primary that could not be fenced has come back, and fences it as the run would have done. */
export function watchOldPrimary(clients: Clients): Watch<typeof FenceInput> {
  return {
    exception: 'unfenced',
    subject: (input, system) => subjectOf(movedSystem(system, input).database.primary),
    everySeconds: OLD_PRIMARY_EVERY_SECONDS,
    async look(given, input, { resourceId } = {}) {
      const context = moved(given, input);
      if (!input.replacing) {
        return fenceWhenBack(context, (looking) => oldOfPromotion(clients, looking, promotedOf(input, context.system)));
      }
      const subject = subjectOf(context.system.database.primary);
      if (typeof resourceId !== 'string' || resourceId === '') {
        throw new Permanent(
          'fence.unknown',
          `Which instance ${subject} was is not known: fence it by hand, then release this.`,
        );
      }
      const old = await oldOfRestore(clients, context, resourceId);
      if (!old) return { kind: 'cleared', sentence: `${subject} was deleted after it had been replaced.` };
      return fenceWhenBack(context, (looking) => ({ ...old, context: { ...old.context, changed: looking.changed } }));
    },
  };
}

/**
 * One look. As long as nothing answers it throws Retryable. Once it has answered, what fails is tried again within the
 * patience, and then told: an old primary that accepts writes is no reason to stay silent. What Lifeboat's own database
 * does not answer is no news of it, and is thrown as it is.
 */
export async function fenceWhenBack(
  context: RunContext,
  oldIn: (looking: RunContext) => OldPrimary,
): Promise<WatchFinding | undefined> {
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
      const found = await lookOnce(oldIn(looking), () => {
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
  { context, use, isReplaced }: OldPrimary,
  onAnswer: () => void,
): Promise<WatchFinding | undefined> {
  const { clock, signal, system } = context;
  const { applicationUsers, primary } = system.database;
  return use(within(observationTimeout(clock), signal), async (session) => {
    onAnswer();
    // Asked side by side: each answer takes a share of the seconds in which it accepts writes.
    const replaced = isReplaced();
    replaced.catch(() => undefined);
    const found = await readWriters(session, applicationUsers, signal);
    // Rebuilt: what could have accepted writes is gone, and fencing this one later would fence what people go back to.
    if (found.role === 'replica') {
      return { kind: 'cleared', sentence: `${subjectOf(primary)} is a read replica now and accepts no writes.` };
    }
    if (!(await replaced)) return undefined;
    if (!isFenced(found)) await fenceAndProve(context, session, signal);
    const sentence = `${subjectOf(primary)} answers again and is fenced: the application cannot sign in and has no session.`;
    return { kind: 'acted', sentence, changes: [] };
  });
}
