import type { Answer } from 'dns-packet';
import type { Clock } from '../../src/domain/clock.ts';
import type { DnsAnswer } from './server.ts';

/** A source of answers behind a cache. */
export interface CachedSource {
  (name: string, type: string): Promise<DnsAnswer>;
  /** What would be answered now without asking the source; undefined where it would have to be asked. */
  recall(name: string, type: string): DnsAnswer | undefined;
  /** What would be answered from memory now, and until when (world time); undefined where the source would be asked. */
  remembered(name: string, type: string): { answer: DnsAnswer; until: number } | undefined;
}

/**
 * Wraps a source of answers in a cache that honours TTLs in world time: what is cached comes back with the seconds
 * that are left, names that do not exist are remembered as long as their SOA says (RFC 2308). `onReplaced` is told when
 * an answer that ended at `until` turns out to have been another one than now.
 */
export function cached(
  clock: Pick<Clock, 'now'>,
  source: (name: string, type: string) => Promise<DnsAnswer>,
  onReplaced?: (name: string, until: number) => void,
): CachedSource {
  const entries = new Map<string, { storedAt: number; until: number; answer: DnsAnswer }>();
  const remembered: CachedSource['remembered'] = (name, type) => {
    const entry = entries.get(`${name} ${type}`);
    return entry && clock.now() < entry.until ? { answer: entry.answer, until: entry.until } : undefined;
  };
  const recall: CachedSource['recall'] = (name, type) => {
    const entry = entries.get(`${name} ${type}`);
    const now = clock.now();
    return entry && now < entry.until ? aged(entry.answer, Math.floor((now - entry.storedAt) / 1000)) : undefined;
  };
  const ask = async (name: string, type: string): Promise<DnsAnswer> => {
    const recalled = recall(name, type);
    if (recalled) return recalled;
    const key = `${name} ${type}`;
    const entry = entries.get(key);
    const answer = { ...(await source(name, type)), authoritative: false };
    if (entry && valuesOf(entry.answer) !== valuesOf(answer)) onReplaced?.(name, entry.until);
    const ttl = lifetime(answer);
    const storedAt = clock.now();
    if (ttl > 0) entries.set(key, { storedAt, until: storedAt + ttl * 1000, answer });
    return answer;
  };
  return Object.assign(ask, { recall, remembered });
}

/** World seconds that the whole answer may be kept: as long as its shortest-lived part. */
function lifetime({ code, answers, authorities }: DnsAnswer): number {
  if (code !== 'NOERROR' && code !== 'NXDOMAIN') return 0;
  if (answers.length > 0) return Math.min(...answers.map(ttlOf));
  const soa = authorities.find((authority) => authority.type === 'SOA');
  return soa?.type === 'SOA' ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : 0;
}

function valuesOf({ answers }: DnsAnswer): string {
  return JSON.stringify(answers.map((answer) => [answer.name, 'data' in answer ? answer.data : '']));
}

function ttlOf(answer: Answer): number {
  return 'ttl' in answer ? (answer.ttl ?? 0) : 0;
}

function aged(answer: DnsAnswer, seconds: number): DnsAnswer {
  const age = <T extends Answer>(record: T): T =>
    'ttl' in record ? { ...record, ttl: Math.max(0, ttlOf(record) - seconds) } : record;
  return { ...answer, answers: answer.answers.map(age), authorities: answer.authorities.map(age) };
}
