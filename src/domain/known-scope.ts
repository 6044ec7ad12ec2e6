import type { JsonObject } from './action.ts';
import { type Reference, referencesOf, referencesOfTemplate } from './expression.ts';

/** What the expressions of one runbook see while the plan is made: what is known, and what only the run will bring. */
export interface KnownScope {
  /** `system`, `params` as far as they are known, `mode`, `steps` (none has run), and `item` in a copy. */
  values: JsonObject;
  /** Ids of the steps as the runbook names them → as the plan does. */
  steps: Readonly<Record<string, string>>;
  /** Parameters that are known only in the run → ids of the plan's steps whose outputs they read. */
  later: ReadonlyMap<string, readonly string[]>;
  /** Ids of the plan's steps whose outputs are in `values` already: guards that the plan has judged. Absent: none. */
  brought?: ReadonlySet<string>;
}

/** Ids of the plan's steps that must have run before this can be evaluated; none: it is known now. */
export function awaitedBy(expression: string, scope: KnownScope): string[] {
  return awaitedByReferences(referencesOf(expression), scope);
}

/** The same for the `${{ }}` in a value. */
export function awaitedByTemplate(value: unknown, scope: KnownScope): string[] {
  return awaitedByReferences(referencesOfTemplate(value), scope);
}

/** The same for paths that are read. */
export function awaitedByReferences(references: readonly Reference[], { steps, later, brought }: KnownScope): string[] {
  const awaited = references.flatMap(([root, name = '*']) => {
    if (root === 'steps') return name === '*' ? Object.values(steps) : [steps[name] ?? name];
    if (root === 'params') return name === '*' ? [...later.values()].flat() : (later.get(name) ?? []);
    return [];
  });
  return [...new Set(awaited)].filter((id) => !brought?.has(id));
}
