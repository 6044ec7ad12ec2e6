/** What an updated message says that it did not say before. */
export interface Changes {
  /** Lines with other words than any before: worth saying at once. */
  material: string[];
  /** Lines in which only figures, times and durations moved: worth saying now and then. */
  figures: string[];
}

/** Compares two renderings of one message. Pure. */
export function changesOf(before: string[], after: string[]): Changes {
  const same = new Set(before);
  const words = new Set(before.map(withoutFigures));
  const changed = after.filter((line) => !same.has(line));
  return {
    material: changed.filter((line) => !words.has(withoutFigures(line))),
    figures: changed.filter((line) => words.has(withoutFigures(line))),
  };
}

/** A line without what ticks: "4 min 10 s", "02:31:07", "18/20" read the same a second later. */
function withoutFigures(line: string): string {
  return line.replaceAll(/\d+([.,:]\d+)*/g, '#').replaceAll(/#( ?(s|min|h|d)\b( #)?)+/g, '#');
}
