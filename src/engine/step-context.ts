import type { JsonObject, ObserveContext, RunContext } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { Permanent, type Retryable } from '../domain/errors.ts';
import { resolveValue } from '../domain/expression.ts';
import type { Plan } from '../domain/plan.ts';
import type { HeldLease } from './lease-keeper.ts';
import type { Samples } from './ports.ts';
import { waitUntil } from './wait-until.ts';

/** What an action that looks is given, whoever lets it look: a step of a run, or a watch. */
export interface LookParts {
  plan: Plan;
  mode: ObserveContext['mode'];
  clock: Clock;
  samples: Samples;
  signal: AbortSignal;
  /** What expressions see now. */
  scope: () => JsonObject;
}

/** The context of an action that only looks. */
export function observeContext({ plan, mode, clock, samples, signal, scope }: LookParts): ObserveContext {
  return {
    systemName: plan.systemName,
    system: plan.system,
    mode,
    clock,
    samples: samples.reader(plan.systemName),
    signal,
    readConfig(file) {
      const text = Object.hasOwn(plan.config, file) ? plan.config[file] : undefined;
      if (text === undefined) throw new Permanent('config.missing', `The plan holds no config file ${file}.`);
      return text;
    },
    resolve: (value) => resolveValue(value, scope()),
  };
}

/** What acting takes besides. */
export interface ActParts
  extends LookParts,
    Pick<
      RunContext,
      'operationId' | 'firstAttemptAt' | 'earlierAttempts' | 'progress' | 'changed' | 'signed' | 'answer'
    > {
  lease: HeldLease;
  /** Called before each mutating call; throws when none may be sent any more. */
  beforeCall?: () => void;
  /** Called when every call that was sent has been answered: the action looks again. */
  afterCalls?: () => void;
  /** Called after each look that brought nothing: why, where it could not be taken. */
  looked?: (trouble: Retryable | undefined) => void;
  /** Resolves when looking again early is worth it, or with the signal. */
  nextChange(signal: AbortSignal): Promise<void>;
}

/** The context of an action that acts. */
export function runContext(parts: ActParts): RunContext {
  const { clock, signal, lease, operationId, firstAttemptAt, earlierAttempts, nextChange } = parts;
  const { progress, changed, signed, answer } = parts;
  return {
    ...observeContext(parts),
    operationId,
    firstAttemptAt,
    earlierAttempts,
    async assertLease() {
      signal.throwIfAborted();
      await lease.assert();
      signal.throwIfAborted();
      parts.beforeCall?.();
    },
    progress,
    changed,
    waitUntil(look) {
      // An action waits for what it sent before it looks, and within a look before that ends.
      parts.afterCalls?.();
      const lookOnce = () => look().finally(() => parts.afterCalls?.());
      const looked = (trouble: Retryable | undefined) => {
        parts.looked?.(trouble);
        if (trouble) progress(trouble.message);
      };
      return waitUntil(lookOnce, { clock, signal, nudge: nextChange, looked });
    },
    signed,
    answer,
  };
}
