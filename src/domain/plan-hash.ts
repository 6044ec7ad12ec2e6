import { createHash } from 'node:crypto';
import type { Json, JsonObject } from './action.ts';
import type { Plan, PlannedStep } from './plan.ts';

/**
 * The hash that an approval is bound to: SHA-256, in hexadecimal, of the canonical JSON of everything in the plan that
 * is not a measurement.
 *
 * In it: system, runbook, mode, parameters, who asked and why, phases, config files, nested runbooks, the abort window;
 * of each step its identity, order, conditions, inputs, retries, locks and dependencies, and the facts that were
 * observed; of each guard whether it passed.
 *
 * Not in it: id and time of the plan, measurements, ages, last-known values, predictions, warnings (a cool-down passes),
 * and changes (they follow from facts and inputs).
 *
 * A region that is dying answers one moment and hangs the next, and that must not void an approval. So what is seen of
 * the regions that are being left (see `regionsLeft`) stays out, and so do signatures, which are asked for because
 * something did not answer: the approval itself names what it signs for, and a run that finds itself without a
 * signature stops and asks.
 */
export function planHash(plan: Omit<Plan, 'hash'>): string {
  const left = regionsLeft(plan);
  const canonical = canonicalJson({
    version: plan.version,
    incident: plan.incident,
    systemName: plan.systemName,
    system: plan.system,
    runbook: plan.runbook,
    title: plan.title,
    severity: plan.severity,
    mode: plan.mode,
    params: plan.params,
    reason: plan.reason,
    requestedBy: plan.requestedBy,
    phases: plan.phases,
    config: plan.config,
    steps: plan.steps.map((step) => hashedStep(step, left)),
    scopes: plan.scopes,
    abortWindowSeconds: plan.abortWindowSeconds,
    undoOf: plan.undoOf,
    guards: plan.guards.map(({ step, expression, passed }) => ({ step, expression, passed })),
    verdict: plan.verdict,
  });
  return createHash('sha256').update(canonical).digest('hex');
}

/**
 * The regions of the system that the plan moves away from: those that no parameter of the type region names. None when
 * the runbook has no such parameter: then it repairs in place, and everything it sees counts.
 */
export function regionsLeft(plan: Pick<Plan, 'system' | 'params'>): string[] {
  const regions = Object.values(plan.system.regions);
  const targets = new Set(
    Object.values(plan.params).filter((value) => typeof value === 'string' && regions.includes(value)),
  );
  return targets.size > 0 ? regions.filter((region) => !targets.has(region)) : [];
}

/** Whether what was seen of this step counts: it touches no region that is being left. */
export function isStable(step: Pick<PlannedStep, 'dependsOn'>, left: readonly string[]): boolean {
  return step.dependsOn.every(({ region }) => region === undefined || !left.includes(region));
}

/** JSON with the keys of every object in alphabetical order and without undefined ones. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function hashedStep(step: PlannedStep, left: readonly string[]): JsonObject {
  const { observation, changes: _changes, owner: _owner, expectedSeconds: _seconds, ...kept } = step;
  const facts = observation.state === 'observed' && isStable(step, left) ? observation.facts : null;
  return { ...(kept as unknown as JsonObject), facts };
}

function sorted(value: unknown): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
