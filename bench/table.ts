import { readFile, writeFile } from 'node:fs/promises';
import type { Row } from './figure.ts';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- bench -->';
const END = '<!-- /bench -->';
const HEAD = ['', 'Lifeboat', 'against', 'ratio', 'goal'];

function cellsOf({ what, measured, against, ratio, goal, isMet }: Row): string[] {
  const verdict = isMet === undefined ? '' : isMet ? ', met' : ', **missed**';
  return [what, measured, against, ratio.toFixed(2), `${goal ?? ''}${verdict}`];
}

/** For a terminal. */
export function textTable(rows: Row[]): string {
  const lines = [HEAD, ...rows.map((row) => cellsOf(row).map((cell) => cell.replaceAll('**', '')))];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(rows: Row[]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(HEAD), `|${'---|'.repeat(HEAD.length)}`, ...rows.map((row) => line(cellsOf(row)))].join('\n');
}

/** Replaces what stands between README.md's markers. Throws when they are not there. */
export async function writeIntoReadme(text: string): Promise<void> {
  const readme = await readFile(README, 'utf8');
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md has no markers ${BEGIN} and ${END}.`);
  await writeFile(README, `${readme.slice(0, from + BEGIN.length)}\n${text}\n${readme.slice(to)}`);
}
