import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { World } from '../../world/world.ts';
import { dumpOf } from './dump.ts';
import type { BucketState, StoredObject } from './state.ts';

const DAY = 86_400_000;
/** The job runs at 02:00 UTC, and takes so long until the object is there. */
const NIGHTLY_AT = 2 * 3_600_000;
const TAKES = 12_000;
/** So many are kept. */
const NIGHTS = 14;
/** How long the job has not run while `backup-stale` is on. */
const STALE = 9 * DAY;

/** A dump that is made when somebody asks for its content: always the same bytes. */
export interface NightlyDump {
  key: string;
  /** World time of its snapshot, epoch milliseconds. */
  at: number;
}

/** The nightly dumps that lie in a bucket now, oldest first. */
export function nightlyDumps(world: World, bucket: BucketState): NightlyDump[] {
  const { dumps, removed = [] } = bucket;
  if (!dumps || world.isOn('backup-missing')) return [];
  const last = world.clock.now() - (world.isOn('backup-stale') ? STALE : 0) - TAKES;
  const newest = Math.floor((last - NIGHTLY_AT) / DAY) * DAY + NIGHTLY_AT;
  const oldest = Math.floor((world.clock.now() - NIGHTLY_AT) / DAY) * DAY + NIGHTLY_AT - (NIGHTS - 1) * DAY;
  const nights: NightlyDump[] = [];
  for (let at = oldest; at <= newest; at += DAY) {
    const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
    const key = `${dumps.prefix}${dumps.database}_${day}_020000.sql.gz`;
    if (!removed.includes(key)) nights.push({ key, at });
  }
  return nights;
}

/**
 * The object of a nightly dump. While `backup-wrong-checksum` is on, the newest is not what was uploaded: one byte of it
 * has changed, its checksum has not.
 */
export function createDumpObjects(world: World) {
  const made = new Map<string, StoredObject>();
  return ({ key, at }: NightlyDump, owner: string, isNewest: boolean): StoredObject => {
    const known = made.get(key) ?? make(at, owner);
    made.set(key, known);
    return isNewest && world.isOn('backup-wrong-checksum') ? damaged(known) : known;
  };

  function make(at: number, owner: string): StoredObject {
    const content = gzipSync(dumpOf({ startedAt: world.state.startedAt, at, owner }));
    return {
      content: content.toString('base64'),
      contentType: 'application/gzip',
      modifiedAt: at + TAKES,
      checksums: { sha256: createHash('sha256').update(content).digest('base64') },
      metadata: {},
    };
  }
}

function damaged(object: StoredObject): StoredObject {
  const content = Buffer.from(object.content, 'base64');
  const middle = Math.floor(content.length / 2);
  content[middle] = (content[middle] ?? 0) ^ 0xff;
  return { ...object, content: content.toString('base64') };
}
