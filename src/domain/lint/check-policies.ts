import type { PlacedStep } from '../runbook-graph.ts';
import { type Mistake, suggest } from './mistake.ts';
import type { RunbookContext } from './runbook-context.ts';

/** Dotted and in lower case, as every error has it: `rds.throttling`, `postgres.53300`. */
const ERROR_CODE = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/;

/** How steps are tried again, hastened and repeated: `retry`, `graceful`, `concurrency`. */
export function checkPolicies(context: RunbookContext): Mistake[] {
  return context.placed.flatMap((placed) => [
    ...checkRetry(placed),
    ...checkGraceful(placed, context),
    ...checkConcurrency(placed),
  ]);
}

/** Retrying what cannot be taken back is allowed: every action says in its `repeat` why a second call does no harm. */
function checkRetry({ step: { id, retry, uses, expect }, path }: PlacedStep): Mistake[] {
  if (!retry) return [];
  const at = { path: [...path, 'retry'], at: 'key' as const };
  if (uses === 'runbook') {
    const message = `${id} nests a runbook, which is not tried again as a whole.`;
    return [{ ...at, message, suggestion: 'Give retry to the steps of that runbook.' }];
  }
  if (expect !== undefined) {
    const message = `The guard ${id} has a retry, but guards only look, and are looked at again by themselves.`;
    return [{ ...at, message, suggestion: 'Remove it.' }];
  }
  return (retry.retryOn ?? []).flatMap((code, index): Mistake[] => {
    if (ERROR_CODE.test(code)) return [];
    const lower = code.toLowerCase().replaceAll('_', '-');
    return [
      {
        path: [...path, 'retry', 'retryOn', index],
        message: `"${code}" is no code of an error: they look like rds.throttling.`,
        ...(ERROR_CODE.test(lower) ? suggest(lower) : {}),
      },
    ];
  });
}

function checkGraceful({ step: { id, graceful, expect }, path }: PlacedStep, { runbook }: RunbookContext): Mistake[] {
  if (graceful === undefined) return [];
  const at = { path: [...path, 'graceful'], at: 'key' as const };
  if (!runbook.mode.includes('planned')) {
    const message = `${id} is graceful, but this runbook has no planned mode that could become an emergency.`;
    return [{ ...at, message, suggestion: 'Remove it, or add planned to mode.' }];
  }
  if (expect === undefined) return [];
  const message = `The guard ${id} is graceful, but guards are judged before any step runs.`;
  return [{ ...at, message, suggestion: 'Write if: mode == "planned" to judge it in planned runs only.' }];
}

function checkConcurrency({ step: { id, concurrency, forEach }, path }: PlacedStep): Mistake[] {
  if (concurrency === undefined || forEach !== undefined) return [];
  const message = `${id} has a concurrency, but no forEach whose copies it could limit.`;
  return [{ path: [...path, 'concurrency'], at: 'key', message, suggestion: 'Add forEach, or remove it.' }];
}
