/** PostgreSQL's pages, as they lie in a file (bufpage.h, nbtree.h). */
export const PAGE_SIZE = 8192;

export interface Page {
  content: Buffer;
  /** Block number in its file. */
  number: number;
}

const LOWER = 12;
const SPECIAL = 16;
const LINE_POINTERS = 24;
/** Line pointer: 15 bits of offset, 2 of state, 15 of length. */
const STATE = 0x18000;
const DEAD = 0x18000;
/** Of a B-tree page, in the last 16 bytes: next page, flags. */
const NEXT = 4;
const FLAGS = 12;
const LEAF = 1;
/** Deleted, meta, half dead: no entries. */
const NO_ENTRIES = 0x04 | 0x08 | 0x10;

/**
 * Marks the first and then every third entry of a B-tree leaf as dead, so that scans pass it over although its row lives.
 * Gives `same` for a page that has no entries.
 */
export function killEntries(content: Buffer): 'sound' | 'same' {
  const special = content.readUInt16LE(SPECIAL);
  if (special === 0 || special > PAGE_SIZE - 16) return 'same';
  const flags = content.readUInt16LE(special + FLAGS);
  if ((flags & LEAF) === 0 || (flags & NO_ENTRIES) !== 0) return 'same';
  const end = content.readUInt16LE(LOWER);
  // Where a page has a right neighbour, its first entry is the boundary and points to no row.
  const hasBoundary = content.readUInt32LE(special + NEXT) !== 0;
  for (let at = LINE_POINTERS + (hasBoundary ? 4 : 0); at < end; at += 12) {
    const pointer = content.readUInt32LE(at);
    content.writeUInt32LE(((pointer & ~STATE) | DEAD) >>> 0, at);
  }
  return 'sound';
}
