import { createActions } from '../../src/actions/index.ts';
import { noClients } from '../../src/cli/no-clients.ts';
import type { JsonObject } from '../../src/domain/action.ts';
import type { Catalogue, CatalogueEntry } from '../../src/domain/catalogue.ts';
import { resolveValue } from '../../src/domain/expression.ts';
import { usableCatalogue } from '../../src/domain/lint/usable.ts';
import { readsOnly } from '../../src/domain/read-only.ts';
import type { Runbook } from '../../src/domain/runbook.ts';
import type { ParameterPicture, RunbookPicture } from './wire.ts';

/** The runbooks of these systems that the bot can start, by system and name. */
export function runbooksOf(catalogue: Catalogue, systemNames: readonly string[]): RunbookPicture[] {
  const actions = createActions(noClients());
  const { systems } = usableCatalogue(catalogue, actions);
  return systemNames.flatMap((system) => {
    const entry = systems[system];
    if (!entry) return [];
    return Object.entries(entry.runbooks)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([id, runbook]): RunbookPicture => {
        const { title, severity, mode } = runbook;
        return {
          system,
          systemTitle: entry.system.title,
          id,
          title,
          severity,
          modes: mode,
          onlyLooks: readsOnly(runbook, entry.runbooks, actions),
          parameters: parametersOf(runbook, entry),
        };
      });
  });
}

function parametersOf({ params, mode: [mode = 'emergency'] }: Runbook, { system }: CatalogueEntry): ParameterPicture[] {
  const resolved: JsonObject = {};
  return Object.entries(params).map(([name, { type, default: usual, description }]) => {
    const scope = { system: system as unknown as JsonObject, mode, params: resolved };
    const value = usual === undefined ? undefined : usualValue(usual, scope);
    if (value !== undefined) resolved[name] = value;
    return {
      name,
      type,
      ...(usual === undefined ? { required: true } : { usual: String(value ?? usual) }),
      ...(description === undefined ? {} : { description }),
      ...(type === 'region' ? { choices: Object.values(system.regions) } : {}),
    };
  });
}

function usualValue(usual: string | number | boolean, scope: JsonObject): string | number | boolean {
  try {
    const value = resolveValue(usual, scope);
    return typeof value === 'object' || value === null ? String(usual) : value;
  } catch {
    return usual;
  }
}
