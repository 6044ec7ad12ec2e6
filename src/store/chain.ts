import { createHash } from 'node:crypto';

/** What stands before the first entry of every incident. */
export const GENESIS = '';

/** The parts of a row that its hash covers. */
export interface Link {
  incident: string;
  sequence: number;
  /** World time, epoch milliseconds. */
  at: number;
  version: number;
  /** The exact text that is stored. */
  body: string;
  previousHash: string;
}

/** SHA-256, hexadecimal, over the previous hash, the entry's place and time, and the exact stored text. */
export function linkHash({ incident, sequence, at, version, body, previousHash }: Link): string {
  // Only the last part may hold a line break, so that no two links read the same.
  return createHash('sha256').update([previousHash, incident, sequence, at, version, body].join('\n')).digest('hex');
}
