import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readDump } from '../../src/actions/postgres/dump/read-dump.ts';

describe('reading a dump', () => {
  it('leaves out what only the owner of an extension may say of it, and keeps the rest', async () => {
    const seen: string[] = [];
    const target = { statements: async (sql: string) => void seen.push(sql), rows: async () => undefined };
    async function* content() {
      yield gzipSync(
        "SELECT 1;\nCOMMENT ON EXTENSION amcheck IS 'it''s\nin two lines;\n';\nSELECT 2;\n-- PostgreSQL database dump complete\n",
      );
    }

    await readDump(content(), target);

    expect(seen.join('\n').split('\n')).toEqual(['SELECT 1;', 'SELECT 2;', '-- PostgreSQL database dump complete']);
  });

  it.each([
    ["psql's own commands", '\\! rm -rf /\n', 'dump.meta-command'],
    ['an end among rows', 'COPY public.users (id) FROM stdin;\n1\n', 'dump.broken'],
    ['no end', 'SELECT 1;\n', 'dump.broken'],
  ])('refuses a dump with %s', async (_what, text, code) => {
    const target = {
      statements: async () => undefined,
      async rows(_copy: string, lines: AsyncIterable<Buffer>) {
        for await (const _ of lines);
      },
    };
    async function* content() {
      yield gzipSync(text);
    }

    await expect(readDump(content(), target)).rejects.toMatchObject({ name: 'Permanent', code });
  });
});
