import { expandRunbook } from '../../src/domain/expand-runbook.ts';
import { Runbook } from '../../src/domain/runbook.ts';
import type { System } from '../../src/domain/system.ts';

const actions = new Map([
  ['look', { effect: 'read' as const }],
  ['change', { effect: 'reversible' as const }],
]);
const system = {
  title: 'Test',
  regions: { primary: 'us-east-1', secondary: 'us-west-2' },
  nodes: ['a', 'b', 'c'],
} as unknown as System;

export type Written = Record<string, unknown> & { id: string };

/** A runbook of one phase, whose steps look unless they say otherwise. */
export function runbookOf(steps: Written[], more: Record<string, unknown> = {}): Runbook {
  const titled = steps.map((step) => ({ title: `Do ${step.id}`, uses: 'look', ...step }));
  return Runbook.parse({
    title: 'Test',
    severity: 'P0',
    mode: ['emergency', 'planned'],
    phases: [{ id: 'one', title: 'One', target: '5m', steps: titled }],
    ...more,
  });
}

export function expand(
  runbooks: Record<string, Runbook>,
  mode: 'emergency' | 'planned' = 'emergency',
  runbookId = 'main',
) {
  return expandRunbook({ runbooks, runbookId, system, mode, params: {}, actions });
}

/** A step that nests a runbook. */
export const nest = (id: string, runbook: string, more: Record<string, unknown> = {}): Written => ({
  id,
  uses: 'runbook',
  with: { runbook },
  ...more,
});
