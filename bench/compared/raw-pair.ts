import { createHash } from 'node:crypto';
import pg from 'pg';
import { emptyDatabase, execute } from '../support/database.ts';

/** What a journal cannot be cheaper than: two plain INSERTs a step, each in a transaction of its own. */
export interface RawPair {
  /** `count` pairs, `width` of them under way at a time. */
  run(count: number, width: number): Promise<void>;
  close(): Promise<void>;
}

const INSERT = 'INSERT INTO raw (step, kind, body, hash) VALUES ($1, $2, $3, $4)';

/** As many connections as Lifeboat's store has. */
export async function createRawPair(): Promise<RawPair> {
  const connectionString = await emptyDatabase();
  await execute(
    connectionString,
    'CREATE TABLE raw (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, step text, kind text, body text, hash text)',
  );
  const pool = new pg.Pool({ connectionString, max: 8 });
  const insert = async (step: string, kind: string) => {
    const body = JSON.stringify({ type: kind, runId: 'INC-1.r1', step, attempt: 1 });
    await pool.query(INSERT, [step, kind, body, createHash('sha256').update(body).digest('hex')]);
  };
  return {
    async run(count, width) {
      let next = 0;
      const chain = async () => {
        while (next < count) {
          const step = `s${next++}`;
          await insert(step, 'step.started');
          await insert(step, 'step.succeeded');
        }
      };
      await Promise.all(Array.from({ length: width }, chain));
    },
    close: () => pool.end(),
  };
}
