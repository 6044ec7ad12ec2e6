import { computing } from '../../adapters/aws/checksum.ts';
import type { S3 } from '../../adapters/aws/s3.ts';
import { InvalidInput, Permanent } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';

/** A dump in S3, as its name and its list entry tell it. */
export interface Backup {
  key: string;
  bytes: number;
  /** When it was begun: what it holds is as of then. Epoch milliseconds (UTC). */
  takenAt: number;
}

export interface LatestBackup extends Backup {
  /** Bytes of the one before it; 0: there is none. */
  bytesBefore: number;
}

/** `chatbot_20241201_020000.sql.gz` */
const NAME = /(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\.sql\.gz$/;

/** Where the system's dumps are. Throws InvalidInput when system.yaml names no place. */
export function backupsOf({ backups }: System, systemName: string) {
  if (backups) return backups;
  throw new InvalidInput('backups.none', `system.yaml of ${systemName} has no backups: add their bucket and prefix.`);
}

/**
 * The newest dump of system.yaml's bucket: by the time in its name, in UTC, or by its upload where the name tells none.
 * Throws Permanent `backup.none` when there is none, and what S3 threw.
 */
export async function findLatestBackup(
  s3: S3,
  { region, bucket, prefix }: { region: string; bucket: string; prefix: string },
  signal: AbortSignal,
): Promise<LatestBackup> {
  const found = await s3.list({ region, bucket, prefix }, signal);
  const dumps = found
    .filter(({ key }) => key.endsWith('.sql.gz'))
    .map(({ key, bytes, modifiedAt }) => ({ key, bytes, takenAt: takenAt(key) ?? modifiedAt }))
    .sort((one, other) => one.takenAt - other.takenAt);
  const latest = dumps.at(-1);
  if (latest) return { ...latest, bytesBefore: dumps.at(-2)?.bytes ?? 0 };
  const where = `${bucket}/${prefix} in ${region}`;
  throw new Permanent(
    'backup.none',
    `There is no dump (*.sql.gz) in ${where}. Find out why the nightly job wrote none.`,
  );
}

function takenAt(key: string): number | undefined {
  const parts = NAME.exec(key)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** What comparing the whole content with the checksum of its upload came to. */
export type Verification = 'yes' | 'no' | 'has no checksum' | 'has one of its parts alone';

/**
 * Reads a dump to its end, as it arrives, and compares it with the checksum that S3 keeps of its upload. Throws what S3
 * threw, and Permanent `backup.not-read` when the signal ended it: what is not read to its end is not known to be whole.
 */
export async function verifyBackup(
  s3: S3,
  place: { region: string; bucket: string; key: string },
  signal: AbortSignal,
): Promise<{ verified: Verification; checksum: string }> {
  const { checksum, bytes } = await s3.head(place, signal);
  const kind = checksum?.kind ?? '';
  const computed = computing(checksum);
  if (!computed) return { verified: checksum ? 'has one of its parts alone' : 'has no checksum', checksum: kind };
  let read = 0;
  try {
    for await (const chunk of await s3.read(place, signal)) {
      signal.throwIfAborted();
      computed.update(chunk);
      read += chunk.length;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const sentence = `Of ${place.key} only ${read} of ${bytes} bytes were read in the time there was, so nobody knows whether it is whole. Compare its checksum by hand, or restore to a point in time.`;
    throw new Permanent('backup.not-read', sentence, { cause: error });
  }
  return { verified: computed.isSame() ? 'yes' : 'no', checksum: kind };
}
