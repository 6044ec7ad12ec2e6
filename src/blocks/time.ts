/** The same to the minute, for what people plan by; a deadline is never later than it says. */
export function utcMinute(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 16)} UTC`;
}

/** World time as people read it, always UTC: `09:04:22 UTC`, with the date when `withDate`. */
export function utc(milliseconds: number, withDate = false): string {
  const iso = new Date(milliseconds).toISOString();
  const time = `${iso.slice(11, 19)} UTC`;
  return withDate ? `${iso.slice(0, 10)} ${time}` : time;
}
