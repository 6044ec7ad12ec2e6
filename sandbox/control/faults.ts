import { Duration } from '../../src/domain/duration.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import type { Fault } from '../world/state.ts';
import type { FaultKind } from './wire.ts';

export { formatFault } from './format-fault.ts';

export const FAULTS: FaultKind[] = [
  {
    name: 'region-down',
    target: 'region',
    example: 'region-down:us-east-1',
    sentence: 'Everything in the region accepts connections and never answers: API, cluster, database, load balancer.',
  },
  {
    name: 'region-refuse',
    target: 'region',
    example: 'region-refuse:us-east-1',
    sentence: 'Everything in the region refuses connections at once.',
  },
  {
    name: 'route53-control-plane-down',
    target: 'none',
    example: 'route53-control-plane-down',
    sentence: "Route 53's API never answers, so records cannot be changed; name servers go on answering.",
  },
  {
    name: 'replica-lag',
    target: 'duration',
    example: 'replica-lag:600s',
    sentence: 'Changes reach the replica that much later than the primary commits them.',
  },
  {
    name: 'slack-rate-limited',
    target: 'none',
    example: 'slack-rate-limited',
    sentence: 'Slack answers every call with 429 and asks to wait; clicks and commands still arrive.',
  },
  {
    name: 'slack-errors',
    target: 'none',
    example: 'slack-errors',
    sentence: 'Slack answers every call with 500 and does nothing of it; clicks and commands still arrive.',
  },
  {
    name: 'slack-silent',
    target: 'none',
    example: 'slack-silent',
    sentence: 'Slack takes calls and never answers, and does nothing of them; clicks and commands still arrive.',
  },
  {
    name: 'pagerduty-down',
    target: 'none',
    example: 'pagerduty-down',
    sentence: 'PagerDuty takes connections and never answers, so nobody is paged.',
  },
  {
    name: 'aws-throttled',
    target: 'none',
    example: 'aws-throttled',
    sentence: 'AWS refuses two calls of three of each operation: rate exceeded.',
  },
  {
    name: 'aws-errors',
    target: 'none',
    example: 'aws-errors',
    sentence: 'AWS answers two calls of three of each operation with an internal error, and does nothing of them.',
  },
  {
    name: 'aws-resets',
    target: 'none',
    example: 'aws-resets',
    sentence: 'AWS does what it is asked, and resets two connections of three instead of answering.',
  },
  {
    name: 'aws-slow',
    target: 'none',
    example: 'aws-slow',
    sentence: 'Every answer of AWS takes ten seconds longer.',
  },
  {
    name: 'promotion-refused',
    target: 'none',
    example: 'promotion-refused',
    sentence: 'RDS refuses to promote the replica: an organization policy denies it.',
  },
  {
    name: 'kubernetes-conflicts',
    target: 'none',
    example: 'kubernetes-conflicts',
    sentence: 'Clusters refuse two changes of three with 409: somebody else has changed the object meanwhile.',
  },
];

/**
 * Reads a fault as people write it: `region-down:us-east-1`, `replica-lag:600s`, `route53-control-plane-down`.
 * `regions` are those of the simulated system; without them any region is taken. Throws InvalidInput, one sentence.
 */
export function parseFault(text: string, regions?: readonly string[]): Omit<Fault, 'since'> {
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
    case 'region':
      return { name: kind.name, target: readRegion(kind, target, regions) };
    case 'duration': {
      const seconds = Duration.safeParse(target);
      if (seconds.success && seconds.data > 0) return { name: kind.name, seconds: seconds.data };
      throw new InvalidInput(
        'fault.target',
        `The fault ${kind.name} needs a duration such as 45s or 10m; write ${kind.example}.`,
      );
    }
  }
}

function readRegion(kind: FaultKind, region: string, regions: readonly string[] | undefined): string {
  if (region === '') {
    const example = regions?.[0] === undefined ? kind.example : `${kind.name}:${regions[0]}`;
    throw new InvalidInput('fault.target', `The fault ${kind.name} needs a region; write ${example}.`);
  }
  if (!regions || regions.includes(region)) return region;
  const meant = nearestWord(region, regions) ?? regions[0] ?? region;
  throw new InvalidInput(
    'fault.region',
    `The system is not in the region "${region}"; it is in ${regions.join(' and ')}: try ${kind.name}:${meant}.`,
  );
}

function unknownFault(name: string): InvalidInput {
  const names = FAULTS.map((kind) => kind.name);
  const meant = nearestWord(name, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const examples = FAULTS.map(({ example }) => example).join(', ');
  return new InvalidInput('fault.unknown', `There is no fault "${name}".${hint} The faults are: ${examples}.`);
}
