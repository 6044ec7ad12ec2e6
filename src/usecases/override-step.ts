import { mention } from '../domain/approval.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { openRequest, signWords } from '../domain/override-request.ts';
import type { Access } from '../domain/system.ts';
import type { Decision } from '../engine/ports.ts';
import { decisionsOn, requireRole } from './find.ts';
import type { Overridden, OverrideInput } from './override.ts';
import { notFailed, requireStep } from './steps.ts';

/**
 * Pure: with a reason, a commander asks that a failed step goes on although something does not hold; without one, a second
 * person who may approve signs that, and the step is tried again.
 */
export function decideStepOverride(
  access: Access,
  state: IncidentState,
  { user, target, step: id, reason }: OverrideInput,
): { decision: Decision; overridden: Overridden } {
  const verb = 'override a step';
  requireRole(access, state.system, reason === undefined ? ['approve'] : ['command'], user, verb);
  const { run, step } = requireStep(state, { user, runId: target, step: id });
  const signed = step.overrides.at(-1);
  if (step.status !== 'failed' && signed && [signed.by, signed.second].includes(user)) {
    return { decision: { events: [] }, overridden: { kind: 'signed' } };
  }
  if (step.status !== 'failed') throw notFailed(run, step, 'overridden');
  const { differences = [] } = step;
  if (differences.length === 0) {
    throw new InvalidInput(
      'override.not-possible',
      `What ${id} of ${run.id} failed of cannot be overridden. Decide: ${decisionsOn(state, run, step)}.`,
    );
  }
  const asked = openRequest(step);
  const maySign = secondPersons(access, state.system, asked?.by ?? user);
  if (asked?.by === user) {
    if (reason === asked.reason) return { decision: { events: [] }, overridden: { kind: 'asked', maySign } };
    if (reason !== undefined) {
      throw new InvalidInput(
        'override.asked-before',
        `You already asked to override ${id} of ${run.id}, because: ${asked.reason}. That reason stays in the record; ${mention(maySign)} signs it with \`/dr override ${signWords(run.id, id)}\`.`,
      );
    }
    throw new InvalidInput(
      'override.own',
      `You asked to override ${id} of ${run.id}, so a second person must sign it. Ask ${mention(maySign)}: \`/dr override ${signWords(run.id, id)}\`.`,
    );
  }
  if (asked && reason !== undefined) {
    throw new InvalidInput(
      'override.asked',
      `<@${asked.by}> already asked to override ${id} of ${run.id}: sign it with \`/dr override ${signWords(run.id, id)}\`.`,
    );
  }
  if (asked) {
    return {
      decision: { events: [{ type: 'step.overridden', runId: run.id, step: id, by: user }] },
      overridden: { kind: 'signed' },
    };
  }
  if (reason === undefined) {
    throw new InvalidInput(
      'override.not-asked',
      `Nobody has asked to override ${id} of ${run.id} as it failed now: a commander does, with \`/dr override ${run.id} ${id} --reason "…"\`.`,
    );
  }
  if (maySign.length === 0) {
    throw new InvalidInput(
      'override.nobody',
      `Nobody but you may approve for ${state.system}, so there is nobody to sign as the second person; access.yaml says who may.`,
    );
  }
  const event = { type: 'step.override-requested' as const, runId: run.id, step: id, by: user, reason };
  return {
    decision: { events: [{ ...event, accepts: differences }] },
    overridden: { kind: 'asked', maySign },
  };
}

function secondPersons(access: Access, system: string, first: string): string[] {
  const { approve = [], command = [] } = access[system] ?? {};
  return [...new Set([...approve, ...command])].filter((id) => id !== first);
}
