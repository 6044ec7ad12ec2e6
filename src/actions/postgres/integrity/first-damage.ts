import { z } from 'zod';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import { formatPosition, parsePosition } from '../../../adapters/postgres/position.ts';
import type { SampleReader } from '../../../domain/action.ts';
import { LifeboatError, Retryable } from '../../../domain/errors.ts';

/** Bytes of log that are looked through, back from its end. */
const SEARCHED = 64 * 1024 * 1024;

const Begin = z.tuple([z.object({ oldest: z.string().nullable(), current: z.string(), segment: z.coerce.number() })]);
const BEGIN = `
  SELECT (SELECT min(name) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$') AS oldest,
         pg_current_wal_lsn()::text AS current, pg_size_bytes(current_setting('wal_segment_size')) AS segment`;
const First = z.tuple([z.object({ position: z.string().nullable(), deletions: z.coerce.number() })]);
const FIRST = `
  SELECT min(start_lsn)::text AS position, count(*) AS deletions
    FROM pg_get_wal_records_info($1::pg_lsn, $2::pg_lsn)
   WHERE resource_manager = 'Heap' AND record_type LIKE 'DELETE%'
     AND block_ref LIKE '%/' || (SELECT oid FROM pg_database WHERE datname = current_database())
                        || '/' || pg_relation_filenode($3::oid) || ' %'`;

/**
 * World time (epoch milliseconds) of the last sample of `instance` before rows were first deleted from the table `parent`,
 * of which `missing` are missed: nothing was deleted then. Undefined where that cannot be told: the server lacks
 * pg_walinspect, nobody sampled it, or what is searched of the log has fewer deletions than rows are missed. Then they went
 * earlier or otherwise (TRUNCATE of a table whose constraint was dropped), and a deletion that is there is no damage.
 */
export async function knownGoodBefore(
  session: PostgresSession,
  samples: SampleReader,
  { instance, parent, missing }: { instance: string; parent: number; missing: number },
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const [{ oldest, current, segment }] = Begin.parse(await session.query(BEGIN, [], signal));
    const end = parsePosition(current);
    const begin = Math.max(positionOfSegment(oldest, segment), end - SEARCHED);
    const [{ position, deletions }] = First.parse(
      await session.query(FIRST, [formatPosition(begin), current, parent], signal),
    );
    if (position === null || deletions < missing) return undefined;
    return (await samples.newestReceived(`database/${instance}`, parsePosition(position)))?.at;
  } catch (error) {
    // What is not there, or not ours to read, tells nothing; a connection that broke is another matter.
    if (error instanceof LifeboatError && !(error instanceof Retryable)) return undefined;
    throw error;
  }
}

/** `000000010000000A000000FE`: timeline, and the segment as two numbers. */
function positionOfSegment(name: string | null, segment: number): number {
  if (name === null) return 0;
  const high = Number.parseInt(name.slice(8, 16), 16);
  const low = Number.parseInt(name.slice(16), 16);
  // The very first segment of a server begins with a record at its start, never before.
  return Math.max(high * 2 ** 32 + low * segment, segment);
}
