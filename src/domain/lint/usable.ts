import type { Action } from '../action.ts';
import type { Catalogue, CatalogueEntry, Problem } from '../catalogue.ts';
import type { Runbook } from '../runbook.ts';
import { nestedName, stepsOf } from '../runbook-graph.ts';
import { checkSystem } from './check-system.ts';
import { lintCatalogue } from './lint.ts';
import { toProblem } from './mistake.ts';

/**
 * The catalogue without the runbooks that must not be started: those with a mistake in them or in a config file that
 * they read, those of a system whose system.yaml has one, and those that nest such a runbook. `problems` names
 * everything that lint found, and `broken` of each system the runbooks that are missing. Where Lifeboat itself is at
 * home stops nothing: on the day, moving a system out of that region is what people must still be able to do. Pure.
 */
export function usableCatalogue(catalogue: Catalogue, actions: ReadonlyMap<string, Action>): Catalogue {
  const problems = lintCatalogue(catalogue, actions);
  const files = new Set(problems.map(({ file }) => file));
  const systems = Object.entries(catalogue.systems).map(([name, entry]): [string, CatalogueEntry] => {
    const isSystemBroken = checkSystem(name, entry.system, undefined).length > 0;
    const broken = new Set(entry.broken);
    for (const [id, runbook] of Object.entries(entry.runbooks)) {
      if (
        isSystemBroken ||
        isNamed(entry.sources.runbooks[id]?.file, files) ||
        readsBrokenFile(runbook, entry, files)
      ) {
        broken.add(id);
      }
    }
    problems.push(...breakNesting(entry, broken));
    return [name, without(entry, broken)];
  });
  return { ...catalogue, systems: Object.fromEntries(systems), problems };
}

function readsBrokenFile(runbook: Runbook, { sources }: CatalogueEntry, files: ReadonlySet<string>): boolean {
  return stepsOf(runbook).some(({ step }) =>
    Object.values(step.with).some(
      (value) =>
        typeof value === 'string' &&
        Object.hasOwn(sources.config, value) &&
        isNamed(sources.config[value]?.file, files),
    ),
  );
}

function isNamed(file: string | undefined, files: ReadonlySet<string>): boolean {
  return file !== undefined && files.has(file);
}

/** Adds to `broken` what nests a broken runbook, directly or through others; a problem for each. */
function breakNesting({ runbooks, sources }: CatalogueEntry, broken: Set<string>): Problem[] {
  const found: Problem[] = [];
  for (let before = -1; before !== broken.size; ) {
    before = broken.size;
    for (const [id, runbook] of Object.entries(runbooks)) {
      const source = sources.runbooks[id];
      const nesting = stepsOf(runbook).find(({ step }) => broken.has(nestedName(step) ?? ''));
      if (broken.has(id) || !nesting || !source) continue;
      broken.add(id);
      const message = `The runbook ${nestedName(nesting.step)}, which ${nesting.step.id} nests, cannot be used.`;
      found.push(
        toProblem(source, { path: [...nesting.path, 'with', 'runbook'], message, suggestion: 'Mend it first.' }),
      );
    }
  }
  return found;
}

function without(entry: CatalogueEntry, broken: ReadonlySet<string>): CatalogueEntry {
  if (broken.size === 0) return entry;
  const runbooks = Object.entries(entry.runbooks).filter(([id]) => !broken.has(id));
  return { ...entry, runbooks: Object.fromEntries(runbooks), broken: [...broken].sort() };
}
