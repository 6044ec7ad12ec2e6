import { z } from 'zod';
import type { Action } from '../domain/action.ts';
import type { CatalogueEntry } from '../domain/catalogue.ts';
import { InvalidInput } from '../domain/errors.ts';
import { resolveValue } from '../domain/expression.ts';
import { type Permissions, unionOf } from '../domain/permissions.ts';
import { stepsOf } from '../domain/runbook-graph.ts';
import type { System } from '../domain/system.ts';

/** What steps name and system.yaml does not, each by the input that names it; and the records of their change batches. */
export type Names = Record<'alarm' | 'group' | 'manifest' | 'record' | 'secret', string[]>;

/** What somebody who carries out a runbook must be allowed to. */
export interface Needs {
  permissions: Required<Permissions>;
  /** As the steps name them; what is known only when it runs is `*`. */
  names: Names;
}

type Actions = ReadonlyMap<string, Pick<Action, 'permissions'>>;
interface Use {
  action: string;
  input: Record<string, unknown>;
}

/** Of all steps of a runbook, those of nested runbooks and what `wait.until` asks included. */
export function needsOf(name: string, { system, runbooks, config }: CatalogueEntry, actions: Actions): Needs {
  const uses = [...new Set([name, ...nestedIn(name, runbooks)])].flatMap((one) => usesOf(one, runbooks));
  const permissions = unionOf(uses.map(({ action }) => actions.get(action)?.permissions ?? {}));
  return { permissions, names: namesIn(uses, system, config) };
}

/** The same of permissions that stand in no runbook. */
export function needsOfPermissions(permissions: Permissions): Needs {
  return { permissions: unionOf([permissions]), names: { alarm: [], group: [], manifest: [], record: [], secret: [] } };
}

type Runbooks = CatalogueEntry['runbooks'];

/** Names of the runbooks that a runbook nests, those that these nest included; each is looked at once. */
function nestedIn(name: string, runbooks: Runbooks, seen = new Set<string>()): Set<string> {
  const runbook = runbooks[name];
  for (const { step } of runbook ? stepsOf(runbook) : []) {
    const nested = step.uses === 'runbook' ? step.with.runbook : undefined;
    if (typeof nested !== 'string' || seen.has(nested)) continue;
    seen.add(nested);
    nestedIn(nested, runbooks, seen);
  }
  return seen;
}

function usesOf(name: string, runbooks: Runbooks): Use[] {
  const runbook = runbooks[name];
  if (!runbook) return [];
  return stepsOf(runbook).flatMap(({ step }) => {
    const use: Use = { action: step.uses, input: step.with };
    const asked = step.uses === 'wait.until' ? step.with.uses : undefined;
    if (typeof asked !== 'string') return [use];
    return [use, { action: asked, input: (step.with.with ?? {}) as Use['input'] }];
  });
}

function namesIn(uses: readonly Use[], system: System, config: CatalogueEntry['config']): Names {
  const named = (input: string) => {
    const values = uses.map((use) => use.input[input]).filter((value) => typeof value === 'string');
    return [...new Set(values.map((value) => patternOf(value, system)))].sort();
  };
  return {
    alarm: named('alarm'),
    group: named('group'),
    manifest: named('manifest'),
    record: recordsIn(
      named('changes').map((file) => config[file] ?? '{}'),
      system,
    ),
    secret: named('secret'),
  };
}

const Batch = z.object({
  Changes: z.array(z.object({ ResourceRecordSet: z.object({ Name: z.string() }) })).default([]),
});

/** Names in change batches as Route 53 compares them: in lower case, without the dot at the end. */
function recordsIn(batches: readonly string[], system: System): string[] {
  const names = batches.flatMap((text) => {
    const batch = Batch.safeParse(JSON.parse(text));
    if (batch.success) return batch.data.Changes.map(({ ResourceRecordSet }) => ResourceRecordSet.Name);
    throw new InvalidInput('policies.changes', `A change batch in config/ is none: ${z.prettifyError(batch.error)}`);
  });
  return [...new Set(names.map((name) => patternOf(name, system).toLowerCase().replace(/\.$/, '')))].sort();
}

/** A text of a runbook with what system.yaml says filled in, and `*` for all that is known only later. */
export function patternOf(text: string, system: System): string {
  return text.replaceAll(/\$\{\{.*?\}\}/gs, (expression) => {
    try {
      return String(resolveValue(expression, { system: system as never }));
    } catch {
      return '*';
    }
  });
}
