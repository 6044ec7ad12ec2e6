import type { Call } from '../../../world/state.ts';

/** Which calls are shown; a call is shown when every part agrees. */
export interface CallFilter {
  /** Words that must all stand somewhere in the call, in any case. */
  text: string;
  /** Services that are left out. */
  hidden: ReadonlySet<string>;
  changesOnly: boolean;
  refusedOnly: boolean;
}

/** What speaks with Slack drowns the rest, so it is left out at first. */
export const FIRST_FILTER: CallFilter = {
  text: '',
  hidden: new Set(['slack']),
  changesOnly: false,
  refusedOnly: false,
};

export function filterCalls(calls: readonly Call[], filter: CallFilter): readonly Call[] {
  const { hidden, changesOnly, refusedOnly } = filter;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return calls.filter(
    (call) =>
      !hidden.has(call.service) &&
      (!changesOnly || call.mutating) &&
      (!refusedOnly || isRefused(call)) &&
      (words.length === 0 || hasAll(call, words)),
  );
}

/** A call that was not carried out: an error status, or no answer at all. */
export function isRefused({ status, error }: Call): boolean {
  return status < 200 || status >= 400 || error !== undefined;
}

function hasAll({ service, operation, resource, region, status, error }: Call, words: string[]): boolean {
  const text = `${service} ${operation} ${resource} ${region ?? ''} ${status} ${error ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** How many calls each service has, in the order of the alphabet. */
export function countByService(calls: readonly Call[]): [service: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { service } of calls) counts.set(service, (counts.get(service) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b, 'en'));
}

/** The last part of an ARN or path, which tells resources apart; other names as they are. */
export function shortResource(resource: string): string {
  if (!resource.startsWith('arn:')) return resource;
  const [, , , , , ...rest] = resource.split(':');
  const name = rest.join(':');
  const [kind, ...path] = name.split('/');
  // `listener/app/chatbot-west/60dc…/a2f7…`: the ids after the name say nothing to people.
  const named = path.filter((part) => part !== 'app' && part !== 'net' && !/^[0-9a-f]{16}$/.test(part));
  return named.length > 0 ? `${kind}/${named.join('/')}` : name;
}

/** World milliseconds as people read them: `340 ms`, `2.4 s`. */
export function formatLatency(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
