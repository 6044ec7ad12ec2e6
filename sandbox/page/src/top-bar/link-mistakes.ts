import type { FaultKind, ResetRequest, Snapshot } from '../../../control/wire.ts';
import { secondsOf } from './scenario.ts';

/**
 * What is wrong with a scenario, in one sentence, as far as it can be told before it is asked for; undefined: nothing.
 * Regions of a system that does not run now are known to the sandbox alone. Pure.
 */
export function mistakeIn(
  { system, faults = [] }: ResetRequest,
  { systems, system: current, faultKinds }: Pick<Snapshot, 'systems' | 'system' | 'faultKinds'>,
): string | undefined {
  if (system !== undefined && !systems.some(({ name }) => name === system)) {
    const names = systems.map(({ name }) => name).join(', ');
    return `This link asks for the system "${system}", which this sandbox does not have; it has ${names}.`;
  }
  const regions = system === undefined || system === current.name ? current.regions : undefined;
  return faults.map((fault) => mistakeInFault(fault, faultKinds, regions)).find((sentence) => sentence !== undefined);
}

function mistakeInFault(
  fault: string,
  kinds: readonly FaultKind[],
  regions: readonly string[] | undefined,
): string | undefined {
  const [name = '', ...rest] = fault.split(':');
  const target = rest.join(':');
  const kind = kinds.find((known) => known.name === name);
  const asked = `This link asks for the fault "${fault}"`;
  if (!kind) return `${asked}, which this sandbox does not know; it knows ${kinds.map((one) => one.name).join(', ')}.`;
  switch (kind.target) {
    case 'none':
      return target === '' ? undefined : `${asked}, but ${name} takes nothing behind a colon.`;
    case 'region':
      if (target === '') return `${asked}, which names no region, as ${kind.example} does.`;
      return !regions || regions.includes(target)
        ? undefined
        : `${asked}, but the system is not in ${target}; it is in ${regions.join(' and ')}.`;
    case 'duration':
      return (secondsOf(target) ?? 0) > 0 ? undefined : `${asked}, which names no duration, as ${kind.example} does.`;
  }
}
