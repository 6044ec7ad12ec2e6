import type { Assessment } from './assess.ts';

/** `rows`: rows are gone that others refer to; `table`: what a table holds cannot be read; `index`: only the way to it. */
export type Damage = 'none' | 'index' | 'table' | 'rows' | 'unknown';

/** What an assessment means, and what a person does next. Pure. */
export function verdictOf(assessment: Assessment, where: string): { damage: Damage; sentence: string; advice: string } {
  const { indexes, tables, orphans, broken, notValid, checksumFailures, complete, knownGoodAt } = assessment;
  const damage = damageOf(assessment);
  const findings = [
    tables.length > 0 ? `${list(tables, 'table')} cannot be read to the end or fails its check` : '',
    orphans > 0 ? `${orphans} rows have lost what they refer to (${broken.join(', ')})` : '',
    indexes.length > 0 ? `${list(indexes, 'index')} does not match its table` : '',
    checksumFailures > 0 ? `the server has met ${checksumFailures} pages with a wrong checksum` : '',
    checksumFailures < 0 ? 'the server keeps no checksums' : '',
    notValid.length > 0 ? `${notValid.join(', ')} was never proved (NOT VALID)` : '',
    knownGoodAt === undefined ? '' : `the rows were still there at ${utc(knownGoodAt)}`,
    complete ? '' : 'there was no time to check everything',
  ].filter((finding) => finding !== '');
  const said = findings.length > 0 ? `: ${findings.join('; ')}.` : '.';
  return { damage, sentence: `${where} is ${words[damage]}${said}`, advice: adviceOf(damage, indexes) };
}

const words: Record<Damage, string> = {
  none: 'sound',
  index: 'damaged in indexes alone',
  table: 'damaged',
  rows: 'damaged',
  unknown: 'not known to be damaged',
};

function damageOf({ tables, orphans, indexes, complete }: Assessment): Damage {
  if (orphans > 0) return 'rows';
  if (tables.length > 0) return 'table';
  // What was not looked at may be worse than a damaged index.
  if (!complete) return 'unknown';
  return indexes.length > 0 ? 'index' : 'none';
}

function adviceOf(damage: Damage, indexes: readonly string[]): string {
  if (damage === 'none') return 'Nothing is damaged that a restore would mend: look at the application.';
  if (damage === 'unknown') return 'Look at what people report, and override this when they have seen the damage.';
  if (damage !== 'index') return 'Restore beside, compare, and swap.';
  const commands = indexes.map((index) => `REINDEX INDEX CONCURRENTLY ${index}`).join('; ');
  return `The rows are all there, so nothing has to be restored: ${commands}. It writes, and locks nobody out.`;
}

function list(names: readonly string[], what: string): string {
  return `${what} ${names.join(', ')}`;
}

/** `2026-03-01 03:05:00 UTC` */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
