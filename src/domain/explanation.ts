import { resolveValue, type Scope } from './expression.ts';
import type { PlannedStep } from './plan.ts';

/**
 * What the failure of a guard means and what to do, with what was measured filled in (`${{ outputs.advice }}`). `scope`
 * absent, or something that it reads missing in it: nothing can be said beyond the measurement.
 */
export function explanationOf({ explain }: Pick<PlannedStep, 'explain'>, scope?: Scope): string {
  if (explain === undefined || !explain.includes('${{')) return explain ?? '';
  if (!scope) return '';
  try {
    const text = resolveValue(explain, scope);
    return typeof text === 'string' ? text.trim() : '';
  } catch {
    return '';
  }
}
