/** World time as people read it, always UTC: `09:04:22 UTC`, with the date when `withDate`. */
export function utc(milliseconds: number, withDate = false): string {
  const iso = new Date(milliseconds).toISOString();
  const time = `${iso.slice(11, 19)} UTC`;
  return withDate ? `${iso.slice(0, 10)} ${time}` : time;
}
