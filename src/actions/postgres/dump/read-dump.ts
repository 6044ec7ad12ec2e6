import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Permanent } from '../../../domain/errors.ts';

/** What a dump in pg_dump's plain format consists of, in order. */
export interface DumpTarget {
  /** Statements between the data, as they stand: one or several. */
  statements(sql: string): Promise<void>;
  /** `COPY … FROM stdin;` and its lines; they must be read to their end. */
  rows(copy: string, lines: AsyncIterable<Buffer>): Promise<void>;
}

const COPY = /^COPY .+ FROM stdin;$/;
const END_OF_ROWS = '\\.';
/** Since 2025 pg_dump brackets a dump with these, so that psql runs no other command that hides in it. */
const BRACKETS = /^\\(restrict|unrestrict) \w+$/;
/** Begins a statement that only the extension's owner may give (on RDS: Amazon), and that says nothing about data. */
const COMMENT_ON_EXTENSION = /^COMMENT ON EXTENSION .+ IS /;
const NEWLINE = 0x0a;
/** Bytes of rows that are sent at once. */
const BATCH = 65_536;

/**
 * Reads a gzip-compressed dump as it arrives, and hands its parts on, comments on extensions excepted. Only psql understands its own commands (a line that
 * begins with a backslash): those that bracket a dump are skipped, any other is refused with Permanent
 * `dump.meta-command`. Throws Permanent `dump.broken` when the dump ends before its end.
 */
export async function readDump(compressed: AsyncIterable<Uint8Array>, target: DumpTarget): Promise<void> {
  const lines = linesOf(decompressed(compressed));
  let sql: string[] = [];
  const send = async () => {
    const text = sql.join('\n');
    sql = [];
    if (text.split('\n').some((line) => line.trim() !== '' && !line.startsWith('--'))) await target.statements(text);
  };
  let isComplete = false;
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) break;
    const line = value.toString('utf8');
    if (COPY.test(line)) {
      await send();
      await target.rows(line, rowsOf(lines));
    } else if (line.startsWith('\\')) {
      if (BRACKETS.test(line)) continue;
      const sentence = `The dump holds ${line.slice(0, 40)}, which only psql understands. Restore it with psql, by hand.`;
      throw new Permanent('dump.meta-command', sentence);
    } else if (COMMENT_ON_EXTENSION.test(line)) {
      await skipStatement(line, lines);
    } else {
      isComplete ||= line === '-- PostgreSQL database dump complete';
      sql.push(line);
    }
  }
  await send();
  if (!isComplete) throw broken('it ends before its last line');
}

/** A comment may have several lines; its text is one literal, which doubles the quotes in it. */
async function skipStatement(first: string, lines: AsyncGenerator<Buffer>): Promise<void> {
  for (let text = first; !isEnded(text); ) {
    const { value, done } = await lines.next();
    if (done === true) throw broken('it ends within a comment');
    text += `\n${value.toString('utf8')}`;
  }
}

function isEnded(statement: string): boolean {
  const quotes = statement.split("'").length - 1;
  return quotes % 2 === 0 && statement.endsWith(';');
}

/** The lines of one COPY block, in batches, without the one that ends it. */
async function* rowsOf(lines: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw broken('it ends among the rows of a table');
    if (value.length === END_OF_ROWS.length && value.toString('latin1') === END_OF_ROWS) break;
    batch.push(value, Buffer.from([NEWLINE]));
    bytes += value.length + 1;
    if (bytes < BATCH) continue;
    yield Buffer.concat(batch);
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield Buffer.concat(batch);
}

/** Lines without their ends. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE)) {
      yield data.subarray(0, end);
      data = data.subarray(end + 1);
    }
    rest = data;
  }
  if (rest.length > 0) yield rest;
}

async function* decompressed(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const source = Readable.from(compressed);
  const gunzip = createGunzip();
  source.once('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip)) yield chunk as Buffer;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && code.startsWith('Z_')) throw broken('it cannot be decompressed', error);
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function broken(why: string, cause?: unknown): Permanent {
  const sentence = `The dump is broken: ${why}. Abort, and run this again from another recovery point.`;
  return new Permanent('dump.broken', sentence, { cause });
}
