import type { Action } from '../action.ts';
import type { Catalogue, CatalogueEntry, Problem } from '../catalogue.ts';
import { expressionsOf } from '../expression.ts';
import { splitTemplate } from '../expression-syntax.ts';
import { checkExpansion } from './check-expansion.ts';
import { checkExpressions, checkTemplate } from './check-expressions.ts';
import { checkInputs, filesOf } from './check-inputs.ts';
import { checkNesting } from './check-nesting.ts';
import { checkPolicies } from './check-policies.ts';
import { checkGuards, checkSteps } from './check-steps.ts';
import { checkAccess, checkSystem } from './check-system.ts';
import { toProblem } from './mistake.ts';
import { type RunbookContext, runbookContext } from './runbook-context.ts';

export interface LintOptions {
  /** Where Lifeboat itself runs; a system must not be failed out of it. */
  homeRegion?: string | undefined;
}

/**
 * Everything that is wrong in a catalogue, what could not be read included, in the order of files and lines. Pure:
 * reads nothing, asks no infrastructure.
 */
export function lintCatalogue(
  catalogue: Catalogue,
  actions: ReadonlyMap<string, Action>,
  { homeRegion }: LintOptions = {},
): Problem[] {
  const problems = [...catalogue.problems];
  const { access, accessSource, systems } = catalogue;
  if (accessSource) {
    problems.push(
      ...checkAccess(access, Object.keys(systems), catalogue.problems.length === 0).map((mistake) =>
        toProblem(accessSource, mistake),
      ),
    );
  }
  for (const [name, entry] of Object.entries(systems)) {
    const { system, sources } = entry;
    problems.push(...checkSystem(name, system, homeRegion).map((mistake) => toProblem(sources.system, mistake)));
    for (const id of Object.keys(entry.runbooks)) problems.push(...lintRunbook(name, entry, id, actions));
  }
  return distinct(problems).sort(inFileOrder);
}

/** What is wrong with one runbook of a system. */
function lintRunbook(
  systemName: string,
  entry: CatalogueEntry,
  id: string,
  actions: ReadonlyMap<string, Action>,
): Problem[] {
  const runbook = entry.runbooks[id];
  const source = entry.sources.runbooks[id];
  if (!runbook || !source) return [];
  const context = runbookContext(systemName, entry, id, runbook, actions);
  const steps = checkSteps(context);
  const ids = context.placed.map(({ step }) => step.id);
  // With one id for two steps, nobody can say which of them is meant elsewhere.
  const areUnique = new Set(ids).size === ids.length;
  const mistakes = areUnique
    ? [
        ...steps,
        ...checkGuards(context),
        ...checkPolicies(context),
        ...checkExpressions(context),
        ...checkInputs(context),
        ...checkNesting(context),
      ]
    : steps;
  // What cannot be laid out because of a mistake above is told by that mistake.
  const all = mistakes.length > 0 ? mistakes : checkExpansion(context);
  return [...all.map((mistake) => toProblem(source, mistake)), ...lintConfig(context, entry)];
}

/** The templates in the config files that the runbook's steps read. */
function lintConfig(context: RunbookContext, entry: CatalogueEntry): Problem[] {
  return context.placed.flatMap((placed) =>
    filesOf(placed, context).flatMap((file) => {
      const text = entry.config[file] ?? '';
      const source = entry.sources.config[file];
      if (!source || !hasTemplates(text)) return [];
      return splitTemplate(text).flatMap((part) => {
        if (!('expression' in part)) return [];
        const mistakes = checkTemplate(`\${{ ${part.expression} }}`, [part.offset], placed, context);
        return mistakes.map((mistake) => toProblem(source, mistake));
      });
    }),
  );
}

/** False also when the text cannot be split: then the `${{` in it is somebody else's. */
function hasTemplates(text: string): boolean {
  try {
    return expressionsOf(text).length > 0;
  } catch {
    return false;
  }
}

function distinct(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function inFileOrder(left: Problem, right: Problem): number {
  return left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column;
}
