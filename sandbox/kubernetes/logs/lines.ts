import { createHash } from 'node:crypto';
import { MISSING_FILE } from '../faults/release.ts';
import { startedAt } from '../rollout.ts';
import type { PodState } from '../state.ts';

/** One line that a container wrote, at world time `at`. */
export interface LogLine {
  at: number;
  text: string;
}

/** World milliseconds between two lines about requests. */
const REQUESTS = 2000;
/** As many lines about requests are kept, as the kubelet rotates its files. */
const MOST = 200;

/** What a container writes from its start until it ends: sensible for its situation, the same each time it is read. */
export function linesOf(pod: PodState, { from, until }: { from: number; until: number }): LogLine[] {
  const line = (after: number, level: string, message: string): LogLine => ({
    at: from + after,
    text: `${level} ${message}`,
  });
  const release = pod.trouble === 'crash' ? '1.1.0' : '1.0.0';
  const { host = '', port = '', username = '', password = '' } = pod.environment;
  const beginning = [
    line(120, 'INFO', `starting ${pod.deployment || pod.job} ${release} pid=1`),
    line(340, 'INFO', `database host=${host} port=${port} pool=10`),
  ];
  const all = (() => {
    switch (pod.trouble) {
      case 'crash':
        return [
          ...beginning,
          line(600, 'DEBUG', `connecting to postgres://${username}:${password}@${host}:${port}/chatbot`),
          line(700, 'ERROR', `cannot read LIMITS_FILE ${MISSING_FILE}: ENOENT: no such file or directory`),
          line(710, 'FATAL', 'configuration is incomplete, exiting with status 1'),
        ];
      case 'out-of-memory':
        return [...beginning, line(900, 'INFO', 'listening on :8080'), ...growth(from, until)];
      case 'probe':
        return [
          ...beginning,
          line(900, 'INFO', 'listening on :8080'),
          { at: until - 31_000, text: 'WARN event loop blocked for 30012 ms' },
          {
            at: until - 1000,
            text: 'ERROR timed out waiting for a connection from the pool (10 of 10 in use, all stale)',
          },
        ];
      default:
        return [...beginning, line(900, 'INFO', 'listening on :8080'), ...requests(pod, from, until)];
    }
  })();
  return all.filter(({ at }) => at >= from && at <= until).sort((a, b) => a.at - b.at);
}

function growth(from: number, until: number): LogLine[] {
  const lines: LogLine[] = [];
  for (let at = from + 2000; at <= until; at += 4000) {
    const used = Math.min(511, 180 + Math.round((at - from) / 100));
    lines.push({
      at,
      text: `WARN heap ${used} MiB of 512 MiB, session cache holds ${used * 37} entries and evicts none`,
    });
  }
  return lines.slice(-MOST);
}

function requests(pod: PodState, from: number, until: number): LogLine[] {
  const begin = Math.max(from + 2000, until - MOST * REQUESTS);
  const lines: LogLine[] = [];
  for (let at = Math.ceil(begin / REQUESTS) * REQUESTS; at <= until; at += REQUESTS) {
    const [draw = 0] = createHash('sha256').update(`${pod.uid} ${at}`).digest();
    const path = draw % 3 === 0 ? 'POST /messages 201' : draw % 3 === 1 ? 'GET /messages 200' : 'GET /ready 200';
    lines.push({ at, text: `INFO ${path} ${5 + (draw % 60)}ms` });
  }
  return lines;
}

/** When the run of a container began and ended whose lines are asked for; undefined: there is none. */
export function runOf(pod: PodState, previous: boolean, now: number): { from: number; until: number } | undefined {
  const { ended, waiting, finished } = pod;
  const last = ended && { from: ended.startedAt, until: ended.finishedAt };
  if (previous) return (pod.restarts ?? 0) > 0 || waiting ? last : undefined;
  // As long as it is not started again, its last run is what there is to read.
  if (waiting || finished) return last;
  return { from: startedAt(pod), until: pod.lostAt ?? now };
}
