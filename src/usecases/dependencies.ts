import type { JsonObject } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import type { Plan } from '../domain/plan.ts';
import type { Mode, Runbook } from '../domain/runbook.ts';
import type { Access, System } from '../domain/system.ts';
import type { Journal, WakeQueue } from '../engine/ports.ts';

/** What a plan is made from; the planner reads the live state. */
export interface PlanRequest {
  id: string;
  incident: string;
  systemName: string;
  runbook: string;
  mode: Mode;
  params: JsonObject;
  reason?: string;
  requestedBy: string;
  /** To take back what this run of the incident did, instead of what the runbook says. */
  undoOf?: string;
}

/** What is known of a runbook before it is planned. */
export type RunbookSummary = Pick<Runbook, 'title' | 'severity' | 'mode' | 'params'> & {
  /** None of its steps changes anything: it pages nobody, and starts without an approval. */
  readOnly?: boolean;
  /** Names of the runbooks that it nests, also by way of others. */
  nests?: readonly string[];
  /** It puts a restored database in the place of the primary, or nests one that does. */
  restores?: boolean;
};

/** What every use case may use. Roles, systems and planner come from outside; nothing here knows an SDK. */
export interface UseCaseDependencies {
  journal: Journal;
  queue: Pick<WakeQueue, 'wake'>;
  access: Access;
  systems: ReadonlyMap<string, System>;
  clock: Clock;
  /** A runbook of a system; undefined when there is none or it is broken. */
  runbook(system: string, name: string): RunbookSummary | undefined;
  /** Ids of the runbooks of a system that can be used. */
  runbooks(system: string): string[];
  /** Reads the live state and makes a plan; throws LifeboatError when it cannot. */
  makePlan(request: PlanRequest): Promise<Plan>;
  /**
   * What differs between an approved plan and one made now, a sentence each; empty when nothing that was signed for.
   * `touched`: what a run under way has written, as `writes` names it.
   */
  planDifference(approved: Plan, now: Plan, options?: { touched?: ReadonlySet<string> }): string[];
  /** World time at which trouble with the system began to be seen; undefined when nothing saw any. */
  detectedAt(system: string): Promise<number | undefined>;
  /** Channel in which incidents are led. */
  incidentChannel: string;
  /** Systems and runbooks that could not be read, a sentence each; shown by `status`. */
  problems?: () => string[];
}
