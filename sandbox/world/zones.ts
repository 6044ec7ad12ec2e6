import type { WorldState } from './state.ts';

/** The zones that each simulated region has. Pure. */
export function zonesOf(region: string): string[] {
  return ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}

/** Those of a region that something new can be put in now; all of them where none works. Pure. */
export function usableZones({ faults }: Pick<WorldState, 'faults'>, region: string): string[] {
  const zones = zonesOf(region);
  const usable = zones.filter((zone) => !faults.some(({ name, target }) => name === 'zone-down' && target === zone));
  return usable.length > 0 ? usable : zones;
}
