import type { System } from './system.ts';

export interface MissingSecret {
  /** Name of the environment variable that is not set. */
  name: string;
  /** Name of the system whose system.yaml names it. */
  system: string;
  /** One sentence for people: what is missing, and what will not work without it. */
  message: string;
}

/**
 * The secrets that these systems name and that are not there, in the order of the files. They are looked for at the
 * start, because otherwise the first to notice is a disaster. `has` says whether a variable is set.
 */
export function missingSecrets(
  systems: Iterable<readonly [string, System]>,
  has: (name: string) => boolean,
): MissingSecret[] {
  return [...systems].flatMap(([system, { database, escalation, journey }]) => {
    const missing: MissingSecret[] = [];
    if (!has(database.password)) {
      const fails = 'its databases can be neither observed nor fenced, and the data loss of a failover stays unknown';
      missing.push(missingSecret(database.password, system, fails));
    }
    if (journey && !has(journey.password)) {
      const fails = 'no client can be seen to sign in, read and write, and checks of that fail';
      missing.push(missingSecret(journey.password, system, fails));
    }
    for (const name of new Set(escalation.map(({ routingKey }) => routingKey))) {
      if (has(name)) continue;
      const tiers = escalation.filter(({ routingKey }) => routingKey === name).map(({ tier }) => tier);
      missing.push(missingSecret(name, system, `nobody of tier ${tiers.join(', ')} can be paged`));
    }
    return missing;
  });
}

function missingSecret(name: string, system: string, fails: string): MissingSecret {
  return { name, system, message: `${name} is not set, but ${system} names it in system.yaml: ${fails}.` };
}
