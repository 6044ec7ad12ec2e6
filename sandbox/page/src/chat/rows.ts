import { isEphemeral, type Said } from './conversation.ts';

/** What stands one below another in a conversation. */
export type Row =
  /** `day` as `2026-11-23`. */
  | { kind: 'day'; key: string; day: string }
  /** From here on it is new to this person. */
  | { kind: 'new'; key: 'new' }
  /** Between the first message of a thread and what was replied to it. */
  | { kind: 'replies'; key: 'replies'; count: number }
  /** `continued`: of the same author as the one above and soon after it, so its heading is left out. */
  | { kind: 'message'; key: string; said: Said; continued: boolean };

/** Messages of one author stay together when they are less than this apart (world milliseconds). */
const TOGETHER_WITHIN = 5 * 60_000;

/** Epoch milliseconds of a message's `ts`. */
export function timeOf(ts: string): number {
  return Math.floor(Number(ts) * 1000);
}

/**
 * The rows of a timeline: a divider where a UTC day begins, one after `newAfter` (the newest `ts` that was seen), and
 * the messages. `withThread` has the `ts` of messages that others replied to: what follows them is headed again.
 * `thread` is the first message's `ts` of the thread that this is a timeline of. Pure.
 */
export function rowsOf(
  timeline: Said[],
  options: { newAfter?: string; withThread?: ReadonlySet<string>; thread?: string } = {},
): Row[] {
  const { newAfter, withThread, thread } = options;
  const rows: Row[] = [];
  let day = '';
  let above: Said | undefined;
  let isNew = newAfter === undefined;
  for (const said of timeline) {
    const own = new Date(timeOf(said.ts)).toISOString().slice(0, 10);
    if (own !== day) {
      rows.push({ kind: 'day', key: own, day: own });
      day = own;
      above = undefined;
    }
    if (!isNew && newAfter !== undefined && said.ts > newAfter) {
      isNew = true;
      rows.push({ kind: 'new', key: 'new' });
      above = undefined;
    }
    const continued = above !== undefined && !withThread?.has(above.ts) && continues(above, said);
    rows.push({ kind: 'message', key: isEphemeral(said) ? `${said.ts}/${said.to}` : said.ts, said, continued });
    above = said;
    if (said.ts === thread && timeline.length > 1) {
      rows.push({ kind: 'replies', key: 'replies', count: timeline.length - 1 });
      above = undefined;
    }
  }
  return rows;
}

function continues(above: Said, said: Said): boolean {
  return (
    above.user === said.user &&
    // Each whisper says itself that nobody else sees it.
    !isEphemeral(above) &&
    !isEphemeral(said) &&
    above.broadcast !== true &&
    said.broadcast !== true &&
    timeOf(said.ts) - timeOf(above.ts) < TOGETHER_WITHIN
  );
}

/** Rows that stand one below another and are laid out together. */
export interface RowGroup {
  key: string;
  rows: Row[];
}

/**
 * The same rows in groups of about eight. Whether a message begins a group follows from its `ts` alone, so that what
 * comes and goes elsewhere (a whisper, the line "New") moves no row into another group, where it would be drawn anew
 * and lose the focus. Pure.
 */
export function groupsOf(rows: Row[]): RowGroup[] {
  const groups: RowGroup[] = [];
  let dividers: Row[] = [];
  for (const row of rows) {
    if (row.kind !== 'message') {
      dividers.push(row);
      continue;
    }
    const last = groups.at(-1);
    if (last && !beginsGroup(row.said.ts)) last.rows.push(...dividers, row);
    else groups.push({ key: row.key, rows: [...dividers, row] });
    dividers = [];
  }
  groups.at(-1)?.rows.push(...dividers);
  return groups;
}

/** CSS pixels that a group is likely to take: as good as it gets before it was laid out. Pure. */
export function likelyHeight({ rows }: RowGroup): number {
  return rows.reduce((sum, row) => {
    if (row.kind !== 'message') return sum + 40;
    return sum + (row.said.blocks ? 30 + 50 * row.said.blocks.length : row.continued ? 28 : 58);
  }, 0);
}

/** True for one `ts` of eight, also where they are as far apart as if counted: FNV-1a, its bits mixed once more. */
function beginsGroup(ts: string): boolean {
  let hash = 0x811c9dc5;
  for (let index = 0; index < ts.length; index += 1) hash = Math.imul(hash ^ ts.charCodeAt(index), 0x01000193);
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 29 === 0;
}
