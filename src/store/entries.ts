import { Permanent } from '../domain/errors.ts';
import { EVENT_VERSION, IncidentEvent, type JournalEntry } from '../domain/events.ts';
import { linkHash } from './chain.ts';

/** A row of the journal as it is read. */
export interface JournalRow {
  incident: string;
  sequence: number;
  at: number;
  type: string;
  version: number;
  body: string;
  previous_hash: string;
  hash: string;
}

/**
 * The row for an event that follows `previousHash`, and the entry as every reader will see it. Throws Permanent
 * `journal.invalid` when the event could not be read back.
 */
export function writeEntry(
  place: { incident: string; sequence: number; at: number; previousHash: string },
  event: IncidentEvent,
): { row: JournalRow; entry: JournalEntry } {
  const { incident, sequence, at, previousHash } = place;
  const body = JSON.stringify(event);
  const version = EVENT_VERSION;
  const read = IncidentEvent.safeParse(JSON.parse(body));
  if (!read.success) {
    throw new Permanent(
      'journal.invalid',
      `The event ${event.type} of ${incident} lacks what its definition asks for, and was not stored: ` +
        `${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`,
      { cause: read.error },
    );
  }
  const hash = linkHash({ incident, sequence, at, version, body, previousHash });
  return {
    row: { incident, sequence, at, type: event.type, version, body, previous_hash: previousHash, hash },
    entry: { incident, sequence, at, event: read.data, hash },
  };
}

/** Throws Permanent `journal.version` for an event of a release that this program does not know. */
export function readEntry(row: JournalRow): JournalEntry {
  const { incident, sequence, at, hash } = row;
  if (row.version !== EVENT_VERSION) {
    throw new Permanent(
      'journal.version',
      `Entry ${sequence} of ${incident} (${row.type}) was written in version ${row.version} of the events; this ` +
        `program reads ${EVENT_VERSION}. Start the Lifeboat that wrote it, or a newer one.`,
    );
  }
  const read = IncidentEvent.safeParse(parseText(row));
  if (!read.success) throw unreadable(row, read.error);
  return { incident, sequence, at, event: read.data, hash };
}

function parseText(row: JournalRow): unknown {
  try {
    return JSON.parse(row.body);
  } catch (cause) {
    throw unreadable(row, cause);
  }
}

function unreadable({ incident, sequence, type }: JournalRow, cause: unknown): Permanent {
  return new Permanent(
    'journal.unreadable',
    `Entry ${sequence} of ${incident} (${type}) cannot be read: verify the journal's hash chain, somebody may have ` +
      'changed it.',
    { cause },
  );
}
