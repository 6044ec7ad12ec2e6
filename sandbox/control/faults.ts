import { Duration } from '../../src/domain/duration.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import type { System } from '../../src/domain/system.ts';
import type { Fault, WorldState } from '../world/state.ts';
import { zonesOf } from '../world/zones.ts';
import { FAULTS } from './fault-kinds.ts';
import type { FaultKind } from './wire.ts';

export { FAULTS } from './fault-kinds.ts';
export { formatFault, WAITS } from './format-fault.ts';

/** What a fault can be about in one world, by the kind of its target. */
export type FaultPlaces = Record<'region' | 'zone' | 'instance' | 'deployment', readonly string[]>;

/** What faults can be about in this world. Pure. */
export function placesOf(state: Pick<WorldState, 'rds' | 'kubernetes'>): FaultPlaces {
  const regions = Object.keys(state.kubernetes);
  const clusters = Object.values(state.kubernetes);
  return {
    region: regions,
    zone: regions.flatMap(zonesOf),
    instance: Object.values(state.rds).flatMap((byName) => Object.keys(byName)),
    deployment: [...new Set(clusters.flatMap(({ deployments }) => Object.keys(deployments)))],
  };
}

/**
 * What faults can be about in the world of a system before there is one, with what usually stands behind its databases.
 * Pure.
 */
export function placesOfSystem({ regions, database, kubernetes }: System): FaultPlaces {
  const names = Object.values(regions);
  return {
    region: names,
    zone: names.flatMap(zonesOf),
    instance: [database.primary.instance, database.replica.instance],
    deployment: kubernetes.deployments,
  };
}

/** The kinds of faults with the names that each can be about in this world. Pure. */
export function faultKindsOf(state: Pick<WorldState, 'rds' | 'kubernetes'>): FaultKind[] {
  const places = placesOf(state);
  return FAULTS.map((kind) => {
    return kind.target === 'none' || kind.target === 'duration' ? kind : { ...kind, targets: [...places[kind.target]] };
  });
}

/**
 * Reads a fault as people write it: `region-down:us-east-1`, `replica-lag:600s`, `route53-control-plane-down`.
 * `places` are those of the simulated world; without them any name is taken. Throws InvalidInput, one sentence.
 */
export function parseFault(text: string, places?: Partial<FaultPlaces>): Omit<Fault, 'since'> {
  const [name = '', ...rest] = text.trim().split(':');
  const target = rest.join(':').trim();
  const kind = FAULTS.find((candidate) => candidate.name === name.trim());
  if (!kind) throw unknownFault(name.trim());
  switch (kind.target) {
    case 'none':
      if (target !== '')
        throw new InvalidInput(
          'fault.target',
          `The fault ${kind.name} takes nothing behind a colon; write ${kind.example}.`,
        );
      return { name: kind.name };
    case 'duration': {
      const seconds = Duration.safeParse(target);
      if (seconds.success && seconds.data > 0) return { name: kind.name, seconds: seconds.data };
      throw new InvalidInput(
        'fault.target',
        `The fault ${kind.name} needs a duration such as 45s or 10m; write ${kind.example}.`,
      );
    }
    default:
      return { name: kind.name, target: readPlace(kind, kind.target, target, places?.[kind.target]) };
  }
}

/** Of each kind of target: how it is asked for, and the sentence when the world has no such one. */
const PLACES: Record<keyof FaultPlaces, { needs: string; absent(name: string, known: readonly string[]): string }> = {
  region: {
    needs: 'a region',
    absent: (name, known) => `The system is not in the region "${name}"; it is in ${known.join(' and ')}`,
  },
  zone: {
    needs: 'a zone',
    absent: (name, known) => `There is no zone "${name}"; there are ${known.join(', ')}`,
  },
  instance: {
    needs: 'a database instance',
    absent: (name, known) => `There is no database instance "${name}"; there are ${known.join(', ')}`,
  },
  deployment: {
    needs: 'a deployment',
    absent: (name, known) => `There is no deployment "${name}"; there are ${known.join(', ')}`,
  },
};

function readPlace(
  kind: FaultKind,
  target: keyof FaultPlaces,
  name: string,
  known: readonly string[] | undefined,
): string {
  const { needs, absent } = PLACES[target];
  if (name === '') {
    const example = known?.[0] === undefined ? kind.example : `${kind.name}:${known[0]}`;
    throw new InvalidInput('fault.target', `The fault ${kind.name} needs ${needs}; write ${example}.`);
  }
  if (!known || known.includes(name)) return name;
  const meant = nearestWord(name, known) ?? known[0] ?? name;
  throw new InvalidInput(`fault.${target}`, `${absent(name, known)}: try ${kind.name}:${meant}.`);
}

function unknownFault(name: string): InvalidInput {
  const names = FAULTS.map((kind) => kind.name);
  const meant = nearestWord(name, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const examples = FAULTS.map(({ example }) => example).join(', ');
  return new InvalidInput('fault.unknown', `There is no fault "${name}".${hint} The faults are: ${examples}.`);
}
