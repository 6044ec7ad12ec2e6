/** How long ago, in words: `just now`, `40 s ago`, `3 min ago`, `2 h 5 min ago`. Both in milliseconds of one clock. */
export function ago(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? `${hours} h ago` : `${hours} h ${rest} min ago`;
}
