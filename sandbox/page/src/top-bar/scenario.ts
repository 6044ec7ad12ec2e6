import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import { formatFault } from '../../../control/format-fault.ts';
import type { ResetRequest, Snapshot } from '../../../control/wire.ts';

const PARAMETERS = ['system', 'seed', 'fault'] as const;

export type LinkRead =
  /** The address names no scenario. */
  | { kind: 'none' }
  | { kind: 'scenario'; scenario: ResetRequest }
  /** It cannot be understood; the sentence says why. */
  | { kind: 'unreadable'; sentence: string };

/** Reads a scenario from a page's query, such as `?system=chatbot&fault=region-down:us-east-1&seed=7`. Pure. */
export function readLink(search: string): LinkRead {
  const query = new URLSearchParams(search);
  if (!PARAMETERS.some((name) => query.has(name))) return { kind: 'none' };
  const system = query.get('system')?.trim();
  const seed = query.get('seed')?.trim();
  const faults = [...new Set(query.getAll('fault').map((fault) => fault.trim()))].filter(Boolean);
  if (seed && !/^-?\d{1,15}$/.test(seed)) {
    return { kind: 'unreadable', sentence: `This link asks for the seed "${seed}", which is not a whole number.` };
  }
  return {
    kind: 'scenario',
    scenario: { ...(system && { system }), ...(seed && { seed: Number(seed) }), faults },
  };
}

/** The same address without the scenario, for the browser's history. */
export function withoutScenario(address: string): string {
  const url = new URL(address);
  for (const name of PARAMETERS) url.searchParams.delete(name);
  return url.href;
}

/** The link that plays the scenario which runs now, with the faults that are on. */
export function linkTo(
  address: string,
  { system, seed, faults }: Pick<Snapshot, 'system' | 'seed' | 'faults'>,
): string {
  const url = new URL(withoutScenario(address));
  url.hash = '';
  // Colons may stand in a query as they are, and links that people can read are links that people trust.
  const query = [
    `system=${encodeURIComponent(system.name)}`,
    ...faults.map((fault) => `fault=${encodeURIComponent(formatFault(fault)).replaceAll('%3A', ':')}`),
    `seed=${seed}`,
  ];
  return `${url.origin}${url.pathname}?${query.join('&')}`;
}

/** Whether the world that runs is already this scenario and nothing has happened in it: then nothing needs to be asked. */
export function isPlayed(
  { system, seed, faults = [] }: ResetRequest,
  snapshot: Pick<Snapshot, 'system' | 'seed' | 'faults' | 'messages' | 'recovery'>,
): boolean {
  const on = snapshot.faults.map(formatFault).sort();
  const wanted = faults.map(inSeconds).sort();
  return (
    (system === undefined || system === snapshot.system.name) &&
    (seed === undefined || seed === snapshot.seed) &&
    on.length === wanted.length &&
    on.every((fault, index) => fault === wanted[index]) &&
    snapshot.recovery === undefined &&
    Object.values(snapshot.messages).every((list) => list.length === 0)
  );
}

/** What would be done, as a question: `Start AI Chatbot anew with seed 7 and us-east-1 not answering?`. */
export function questionOf(
  { system, seed, faults = [] }: ResetRequest,
  { systems, system: current }: Pick<Snapshot, 'systems' | 'system'>,
): string {
  const name = system ?? current.name;
  const title = systems.find((known) => known.name === name)?.title ?? name;
  const broken = faults.length === 0 ? 'nothing broken' : list(faults.map(inWords));
  const withSeed = seed === undefined ? '' : `seed ${seed} and `;
  return `Start ${title} anew with ${withSeed}${broken}?`;
}

/** A fault as it stands in a link, in words; one that is not known here as it is written. */
function inWords(text: string): string {
  const [name = '', ...rest] = text.split(':');
  const target = rest.join(':');
  switch (name) {
    case 'region-down':
      return `${target} not answering`;
    case 'region-refuse':
      return `${target} refusing connections`;
    case 'route53-control-plane-down':
      return 'Route 53 not to be changed';
    case 'replica-lag': {
      const seconds = secondsOf(target);
      return seconds === undefined ? text : `the replica ${formatSeconds(seconds)} behind`;
    }
    default:
      return text;
  }
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as people write it (`45s`, `10m`) in seconds; undefined when it is none. */
export function secondsOf(duration: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const factor = UNITS[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** `replica-lag:10m` as the sandbox writes it: `replica-lag:600s`. */
function inSeconds(fault: string): string {
  const [name = '', ...rest] = fault.split(':');
  const seconds = secondsOf(rest.join(':'));
  return seconds === undefined ? fault : `${name}:${seconds}s`;
}

function list(parts: string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
