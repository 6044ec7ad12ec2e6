import type { Question } from '../domain/questions.ts';
import { type AbortInput, type AboutAbort, abort, aboutAbort } from './abort.ts';
import { type AcknowledgeInput, acknowledge } from './acknowledge.ts';
import { type ApproveInput, type ApproveResult, approve } from './approve.ts';
import { checkStart } from './check-start.ts';
import { chooseOverridden, chooseRun } from './choose-run.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { aboutEmergency, type EmergencyInput, emergency } from './emergency.ts';
import { type AutomaticInput, automaticFailover, type FailoverInput, failover, type HeldBack } from './failover.ts';
import { listRunbooks, type RunbookListing } from './list-runbooks.ts';
import { type Overridden, type OverrideInput, override } from './override.ts';
import { type PauseInput, pause, resume } from './pause.ts';
import { questionOfStep } from './question-of-step.ts';
import { reject } from './reject.ts';
import { type ReleaseInput, release } from './release.ts';
import { type Resolved, type ResolveInput, resolve } from './resolve.ts';
import { type Started, type StartInput, start } from './start.ts';
import { type Status, status } from './status.ts';
import { type AnswerInput, answerStep, retryStep, type StepInput, skipStep } from './steps.ts';
import { type UndoInput, type UndoResult, undo } from './undo.ts';

/** What people can ask of Lifeboat. Each loads, decides with pure rules and appends; all throw LifeboatError. */
export interface UseCases {
  failover(input: FailoverInput): Promise<Started>;
  /** Any runbook of a system, as a failover is started. */
  start(input: StartInput): Promise<Started>;
  /** Throws InvalidInput when no such run of this system can be planned, whoever asks. */
  checkStart(input: Pick<StartInput, 'system' | 'runbook' | 'mode' | 'params'>): void;
  /** The runbooks of a system that can be started. Throws InvalidInput when there is no such system. */
  runbooks(system: string): RunbookListing[];
  /** The same, asked for by an alarm or a schedule. */
  automaticFailover(input: AutomaticInput): Promise<Started | HeldBack>;
  approve(input: ApproveInput): Promise<ApproveResult>;
  reject(input: { planId: string; user: string }): Promise<{ planId: string; withdrawn: boolean }>;
  abort(input: AbortInput): Promise<{ incident: string; runId: string }>;
  /** What an abort would do, for whoever has to say yes to it. */
  aboutAbort(input: AbortInput): Promise<AboutAbort>;
  retry(input: StepInput): Promise<string | undefined>;
  skip(input: StepInput & { reason: string }): Promise<string | undefined>;
  /** The run that is named by its id, its incident or nothing. */
  chooseRun(id: string | undefined): Promise<string>;
  /** The plan or run in which this step fails, where only their incident or nothing is named. */
  chooseOverridden(id: string | undefined, step: string): Promise<string>;
  answer(input: AnswerInput): Promise<string | undefined>;
  /** What a step of a run asks, for whoever is about to answer it; undefined: nothing just now. */
  question(input: Pick<StepInput, 'runId' | 'step'>): Promise<Question | undefined>;
  override(input: OverrideInput): Promise<Overridden>;
  pause(input: PauseInput): Promise<void>;
  /** Returns what still keeps the run paused, a sentence. */
  resume(input: Pick<PauseInput, 'user' | 'runId'>): Promise<string | undefined>;
  emergency(input: EmergencyInput): Promise<void>;
  /** What it would mean, for whoever has to say yes to it. */
  aboutEmergency(input: EmergencyInput): Promise<string[]>;
  release(input: ReleaseInput): ReturnType<typeof release>;
  acknowledge(input: AcknowledgeInput): ReturnType<typeof acknowledge>;
  undo(input: UndoInput): Promise<UndoResult>;
  resolve(input: ResolveInput): Promise<Resolved>;
  status(subject?: string): Promise<Status>;
}

/** The use cases over one set of dependencies. */
export function createUseCases(parts: UseCaseDependencies): UseCases {
  return {
    failover: (input) => failover(parts, input),
    start: (input) => start(parts, input),
    checkStart: (input) => checkStart(parts, input),
    runbooks: (system) => listRunbooks(parts, system),
    automaticFailover: (input) => automaticFailover(parts, input),
    approve: (input) => approve(parts, input),
    reject: (input) => reject(parts, input),
    abort: (input) => abort(parts, input),
    aboutAbort: (input) => aboutAbort(parts, input),
    retry: (input) => retryStep(parts, input),
    skip: (input) => skipStep(parts, input),
    chooseRun: (id) => chooseRun(parts.journal, id),
    chooseOverridden: (id, step) => chooseOverridden(parts.journal, id, step),
    answer: (input) => answerStep(parts, input),
    question: (input) => questionOfStep(parts.journal, input),
    override: (input) => override(parts, input),
    pause: (input) => pause(parts, input),
    resume: (input) => resume(parts, input),
    emergency: (input) => emergency(parts, input),
    aboutEmergency: (input) => aboutEmergency(parts, input),
    release: (input) => release(parts, input),
    acknowledge: (input) => acknowledge(parts, input),
    undo: (input) => undo(parts, input),
    resolve: (input) => resolve(parts, input),
    status: (subject) => status(parts, subject),
  };
}
