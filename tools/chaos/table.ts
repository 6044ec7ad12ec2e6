import type { ChaosFault } from './fault.ts';
import { type JobResult, replayCommand } from './job.ts';

export interface TableRow {
  fault: string;
  /** How often it struck, and how often in a recovery that survived everything. */
  tried: number;
  survived: number;
  /** Machine seconds; null: nobody had to take anything over. */
  worstTakeoverSeconds: number | null;
}

/** One row for each fault that struck, in the order of `faults`. */
export function rowsOf(faults: readonly ChaosFault[], results: readonly JobResult[]): TableRow[] {
  return faults.flatMap(({ name }) => {
    const all = results.flatMap(({ struck, violations }) =>
      struck.filter(({ fault }) => fault === name).map((strike) => ({ ...strike, survived: violations.length === 0 })),
    );
    if (all.length === 0) return [];
    const takeovers = all.flatMap(({ takeoverSeconds }) => takeoverSeconds ?? []);
    return [
      {
        fault: name,
        tried: all.length,
        survived: all.filter(({ survived }) => survived).length,
        worstTakeoverSeconds: takeovers.length > 0 ? Math.max(...takeovers) : null,
      },
    ];
  });
}

/** The rows as a table for people and for Markdown. */
export function formatTable(rows: readonly TableRow[]): string {
  const cells = [
    ['fault', 'tried', 'survived', 'worst takeover'],
    ...rows.map(({ fault, tried, survived, worstTakeoverSeconds: worst }) => [
      fault,
      `${tried}`,
      `${survived}`,
      worst === null ? '–' : `${worst.toFixed(1)} s`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const [head = [], ...body] = cells;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** What was violated in one recovery, when, and how to see it again. */
export function describeViolation({ job, struck, violations, notes, folder }: JobResult): string {
  const moments = struck.map(({ fault, sequence, event }) => `${fault} after event ${sequence} (${event})`);
  return [
    `Seed ${job.seed}: ${moments.join(', ') || 'nothing had struck'}.`,
    ...violations.map((sentence) => `  ${sentence}`),
    ...notes.map((note) => `  Besides, ${note}`),
    `  Again: ${replayCommand(job)}`,
    ...(folder === undefined ? [] : [`  The bots' log and the databases are in ${folder}`]),
  ].join('\n');
}
