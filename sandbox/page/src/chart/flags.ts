/** A flag at the head of one or more lines. */
export interface Flag {
  /** Middle, in the unit of the positions. */
  x: number;
  width: number;
  /** `4`, or `4–6` where several would overlap. */
  label: string;
  first: number;
  last: number;
}

/** Space between two flags. */
const GAP = 2;

/**
 * Numbered flags for lines at these positions (in order, counted from 1), within 0 to `room`. Flags that would overlap
 * are joined, so none ever does. `widthOf` measures a label. Pure.
 */
export function placeFlags(positions: readonly number[], room: number, widthOf: (label: string) => number): Flag[] {
  const place = (first: number, last: number): Flag => {
    const label = first === last ? `${first}` : `${first}–${last}`;
    const width = widthOf(label);
    const middle = ((positions[first - 1] ?? 0) + (positions[last - 1] ?? 0)) / 2;
    return { x: Math.max(width / 2, Math.min(room - width / 2, middle)), width, label, first, last };
  };
  const flags: Flag[] = [];
  for (const index of positions.keys()) {
    let flag = place(index + 1, index + 1);
    for (let before = flags.at(-1); before && overlap(before, flag); before = flags.at(-1)) {
      flags.pop();
      flag = place(before.first, flag.last);
    }
    flags.push(flag);
  }
  return flags;
}

function overlap(left: Flag, right: Flag): boolean {
  return left.x + left.width / 2 + GAP > right.x - right.width / 2;
}
