import type { Catalogue } from '../src/domain/catalogue.ts';

/**
 * The systems that one simulated world serves: the one it was made for, first, and those that have the same primary
 * database, which is theirs, too.
 */
export function systemsOfWorld({ systems }: Pick<Catalogue, 'systems'>, systemName: string): string[] {
  const own = systems[systemName]?.system.database.primary;
  const others = Object.entries(systems).flatMap(([name, { system }]) => {
    const { instance, region } = system.database.primary;
    return name !== systemName && instance === own?.instance && region === own.region ? [name] : [];
  });
  return [systemName, ...others.sort()];
}
