import type { JsonObject } from '../action.ts';
import { LifeboatError } from '../errors.ts';
import { expandRunbook } from '../expand-runbook.ts';
import { CannotExpand } from '../expanded-step.ts';
import { resolveParameters } from '../parameters.ts';
import type { Runbook } from '../runbook.ts';
import type { Mistake } from './mistake.ts';
import type { RunbookContext } from './runbook-context.ts';

/**
 * Lays the runbook out as the planner would, in each mode, with the parameters' defaults: what cannot be laid out, or
 * becomes too large, is told now and not on the day. A parameter without default gets a value of its type.
 */
export function checkExpansion({ runbook, id, entry, actions, placed }: RunbookContext): Mistake[] {
  if (!placed.some(({ step }) => step.uses === 'runbook' || step.forEach !== undefined)) return [];
  for (const mode of runbook.mode) {
    try {
      const { system, runbooks } = entry;
      const params = resolveParameters(runbook, standIns(runbook, entry.system.regions.primary), { system, mode });
      expandRunbook({ runbooks, runbookId: id, system, mode, params, actions });
    } catch (error) {
      if (error instanceof CannotExpand) return [{ path: error.path, message: error.message }];
      // Every other mistake is told, better, by the check of what it is in.
      if (!(error instanceof LifeboatError)) throw error;
    }
  }
  return [];
}

function standIns(runbook: Runbook, region: string): JsonObject {
  const values = { region, string: '', int: 0, bool: false, duration: 0 };
  const missing = Object.entries(runbook.params).filter(([, parameter]) => parameter.default === undefined);
  return Object.fromEntries(missing.map(([name, { type }]) => [name, values[type]]));
}
