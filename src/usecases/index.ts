import { type AbortInput, type AboutAbort, abort, aboutAbort } from './abort.ts';
import { type ApproveInput, type ApproveResult, approve } from './approve.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { type FailoverInput, type FailoverResult, failover } from './failover.ts';
import { reject } from './reject.ts';
import { type Resolved, type ResolveInput, resolve } from './resolve.ts';
import { type Status, status } from './status.ts';
import { answerStep, retryStep, type StepInput, skipStep } from './steps.ts';

/** What people can ask of Lifeboat. Each loads, decides with pure rules and appends; all throw LifeboatError. */
export interface UseCases {
  failover(input: FailoverInput): Promise<FailoverResult>;
  approve(input: ApproveInput): Promise<ApproveResult>;
  reject(input: { planId: string; user: string }): Promise<{ planId: string; withdrawn: boolean }>;
  abort(input: AbortInput): Promise<{ incident: string; runId: string }>;
  /** What an abort would do, for whoever has to say yes to it. */
  aboutAbort(input: AbortInput): Promise<AboutAbort>;
  retry(input: StepInput): Promise<void>;
  skip(input: StepInput & { reason: string }): Promise<void>;
  answer(input: StepInput & { confirmed: boolean }): Promise<void>;
  resolve(input: ResolveInput): Promise<Resolved>;
  status(subject?: string): Promise<Status>;
}

/** The use cases over one set of dependencies. */
export function createUseCases(parts: UseCaseDependencies): UseCases {
  return {
    failover: (input) => failover(parts, input),
    approve: (input) => approve(parts, input),
    reject: (input) => reject(parts, input),
    abort: (input) => abort(parts, input),
    aboutAbort: (input) => aboutAbort(parts, input),
    retry: (input) => retryStep(parts, input),
    skip: (input) => skipStep(parts, input),
    answer: (input) => answerStep(parts, input),
    resolve: (input) => resolve(parts, input),
    status: (subject) => status(parts, subject),
  };
}
