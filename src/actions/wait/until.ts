import { z } from 'zod';
import { type Action, defineAction, type JsonObject, type RunContext } from '../../domain/action.ts';
import { Duration } from '../../domain/duration.ts';
import { describeError, GuardFailed, Permanent, Retryable } from '../../domain/errors.ts';
import { describeCondition, evaluateCondition, valuesRead } from '../../domain/expression.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';

const For = z.strictObject({ for: Duration });
const Until = z.strictObject({
  /** A moment (`2026-03-01T03:30:00Z`), or the next time that the clock says so (`03:30`), in UTC. */
  until: z.union([
    z.iso.datetime(),
    z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time in UTC, for example 03:30'),
  ]),
});
const Seen = z.strictObject({
  /** An action that only reads; it looks again and again. */
  uses: z.string().min(1),
  with: z.record(z.string(), z.unknown()).default({}),
  /** Over the `outputs` of that action. */
  expect: z.string().min(1),
});
const Input = z.union([For, Until, Seen]);
type Input = z.infer<typeof Input>;

/** World seconds that what is waited for takes where nobody knows better. */
const USUAL = 60;
const DAY = 86_400_000;

export const until = (actions: () => ReadonlyMap<string, Action>) =>
  defineAction({
    id: 'wait.until',
    summary: 'Wait for so long, until a time, or until what another action reads is as wanted',
    effect: 'read',
    input: Input,
    output: z.object({ waitedSeconds: z.number(), outputs: z.record(z.string(), z.unknown()) }),
    repeat: 'It only looks, and what it waits for counts from its first attempt.',
    permissions: { other: ['those of the action that it asks'] },
    examples: [
      { title: 'Let the caches run out', with: { for: '1m' } },
      { title: 'Begin at the announced time', with: { until: '03:30' } },
      {
        title: 'Wait for the replica',
        with: {
          uses: 'postgres.predicted-loss',
          with: { replica: 'declared' },
          expect: 'outputs.lossSeconds <= 5',
        },
      },
    ],
    dependsOn: (input, system) => ask(actions, input, ({ action, given }) => action.dependsOn(given, system)) ?? [],
    writes: () => [],
    expectedSeconds: (input, system) => {
      if ('for' in input) return input.for;
      return ask(actions, input, ({ action, given }) => action.expectedSeconds(given, system)) ?? USUAL;
    },
    observe: async () => ({ facts: {}, measurements: {} }),
    change: (_observed, input) => ({
      changes: [{ what: 'The run', before: 'goes on', after: `waits ${describe(input)}` }],
    }),
    async run(context, input) {
      const outputs = 'uses' in input ? await waitFor(actions, context, input) : await waitThrough(context, input);
      const waitedSeconds = (context.clock.now() - context.firstAttemptAt) / 1000;
      return { outputs: { waitedSeconds, outputs }, changes: [] };
    },
  });

/** Waits for a time that is known. World time. */
async function waitThrough(context: RunContext, input: Exclude<Input, { uses: string }>): Promise<JsonObject> {
  const { clock, firstAttemptAt, signal } = context;
  const ends = 'for' in input ? firstAttemptAt + input.for * 1000 : momentOf(input.until, firstAttemptAt);
  context.progress(`Waiting ${describe(input)}, until ${new Date(ends).toISOString().slice(11, 19)} UTC`);
  await clock.sleep(Math.max(0, ends - clock.now()), signal);
  return {};
}

/** A moment, or the first after `from` (world milliseconds) at which the clock says this. */
function momentOf(text: string, from: number): number {
  if (text.includes('T')) return Date.parse(text);
  const midnight = Math.floor(from / DAY) * DAY;
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const today = midnight + (hours * 60 + minutes) * 60_000;
  return today >= from ? today : today + DAY;
}

async function waitFor(
  actions: () => ReadonlyMap<string, Action>,
  context: RunContext,
  input: z.infer<typeof Seen>,
): Promise<JsonObject> {
  const { action, given } = require(actions, input);
  return context.waitUntil(async () => {
    const observed = await action.observe(context, given);
    const outputs = action.output.parse({ ...observed.facts, ...observed.measurements }) as JsonObject;
    const seen = { system: context.system as unknown as JsonObject, mode: context.mode, outputs };
    const is = Object.entries(valuesRead(input.expect, seen, 'outputs')).map(
      ([name, value]) => `${name} ${JSON.stringify(value)}`,
    );
    context.progress(`Needed: ${describeCondition(input.expect, seen)}; now ${is.join(', ')}`);
    return holds(input.expect, seen, context) ? outputs : undefined;
  });
}

/** A value that is not there yet is waited for as any other. */
function holds(expression: string, seen: JsonObject, context: Pick<RunContext, 'progress'>): boolean {
  try {
    return evaluateCondition(expression, seen);
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    context.progress(describeError(error));
    throw new Retryable('wait.unknown', describeError(error), { cause: error });
  }
}

/** The action that is to look, with its input. Throws Permanent when there is none that only reads. */
function require(
  actions: () => ReadonlyMap<string, Action>,
  { uses, with: given }: z.infer<typeof Seen>,
): { action: Action; given: never } {
  const action = actions().get(uses);
  if (action?.effect !== 'read' || /^(manual|wait)\./.test(uses)) {
    throw new Permanent('wait.action', `${uses} is no action that only reads, so nothing can be waited for with it.`);
  }
  return { action, given: action.input.parse(given) as never };
}

/** What the action that looks says about itself; undefined where none does, or its input comes from the run. */
function ask<T>(
  actions: () => ReadonlyMap<string, Action>,
  input: Input,
  question: (asked: { action: Action; given: never }) => T,
): T | undefined {
  if (!('uses' in input)) return undefined;
  const action = actions().get(input.uses);
  const given = action?.input.safeParse(input.with);
  return action && given?.success ? question({ action, given: given.data as never }) : undefined;
}

function describe(input: Input): string {
  if ('for' in input) return formatSeconds(input.for);
  return 'until' in input ? `until ${input.until} UTC` : `until ${input.expect}`;
}
