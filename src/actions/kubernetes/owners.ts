import type { Change, PlannedChange } from '../../domain/action.ts';

/** What sets these objects besides Lifeboat, each named once; '' when nothing does. */
export function joinOwners(owners: readonly string[]): string {
  return [...new Set(owners)].filter((owner) => owner !== '').join(', ');
}

/** What is planned of objects; undefined stands for one that is so already. */
export function plannedOf(changes: (Change | undefined)[], owner: string | undefined): PlannedChange {
  return { changes: changes.filter((change) => change !== undefined), ...(owner ? { owner } : {}) };
}
