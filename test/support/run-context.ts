import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, JsonObject, RunContext, Sample, SampleReader } from '../../src/domain/action.ts';
import { type Clock, createClock } from '../../src/domain/clock.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { resolveValue } from '../../src/domain/expression.ts';
import type { System } from '../../src/domain/system.ts';
import { waitUntil } from '../../src/engine/wait-until.ts';
import { chatbotFolder, readSystem } from './system.ts';

export interface TestRunContext extends RunContext {
  /** How often the lease was asserted. */
  leaseAssertions(): number;
  /** Every progress sentence, in order. */
  sentences: string[];
  /** What the action says that it has changed by now. */
  changesSoFar: readonly Change[];
}

export interface TestRun {
  system?: System;
  clock?: Clock;
  mode?: RunContext['mode'];
  params?: JsonObject;
  samples?: SampleReader;
  signal?: AbortSignal;
  operationId?: string;
  firstAttemptAt?: number;
  earlierAttempts?: string[];
  /** `kind:subject`. */
  signed?: string[];
  answer?: RunContext['answer'];
  /** Called at each assertion; throw LeaseLost to stop the action there. */
  onLease?: () => void;
  /** Called with each progress sentence, within the look that says it. */
  onProgress?: (sentence: string) => void;
}

/** What an action gets from the engine, without an engine: waiting is the engine's own, the lease is always held. */
export function createRunContext(run: TestRun = {}): TestRunContext {
  const { system = readSystem(), clock = createClock(), mode = 'emergency', signed = [] } = run;
  const { signal = new AbortController().signal, samples = memorySamples({}) } = run;
  const params = run.params ?? { to: system.regions.secondary };
  const scope = { system: system as unknown as JsonObject, params, mode, steps: {} };
  const config = readConfigFolder();
  const sentences: string[] = [];
  const changed: Change[] = [];
  let assertions = 0;
  return {
    systemName: 'chatbot',
    system,
    mode,
    clock,
    samples,
    signal,
    sentences,
    operationId: run.operationId ?? 'INC-1.run-1.step',
    firstAttemptAt: run.firstAttemptAt ?? clock.now(),
    earlierAttempts: run.earlierAttempts ?? [],
    leaseAssertions: () => assertions,
    readConfig(file) {
      const text = config[file];
      if (text === undefined) throw new InvalidInput('config.missing', `There is no file ${file}.`);
      return text;
    },
    resolve: (value) => resolveValue(value, scope),
    async assertLease() {
      signal.throwIfAborted();
      assertions++;
      run.onLease?.();
    },
    changed: (changes) => void changed.splice(0, changed.length, ...changes),
    changesSoFar: changed,
    progress(sentence) {
      sentences.push(sentence);
      run.onProgress?.(sentence);
    },
    waitUntil: (look) => waitUntil(look, { clock, signal, nudge: () => new Promise(() => undefined) }),
    signed: (kind, subject) => signed.includes(`${kind}:${subject}`),
    answer: run.answer ?? (() => undefined),
  };
}

/** Samples by subject, oldest first, as the observer would have recorded them. */
export function memorySamples(bySubject: Record<string, Sample[]>): SampleReader {
  return {
    newest: async (subject, before = Number.POSITIVE_INFINITY) =>
      bySubject[subject]?.findLast(({ at }) => at <= before),
    newestReceived: async (subject, position) =>
      bySubject[subject]?.findLast(({ value }) => typeof value.position === 'number' && value.position <= position),
  };
}

function readConfigFolder(): Record<string, string> {
  const folder = join(chatbotFolder, 'config');
  return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}
