const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/**
 * Slack's date tokens (`{date_num}`, `{time_secs}`, …) filled in with a time (Unix seconds), in UTC and said so.
 * Slack would write "today" or "5 minutes ago" by the reader's own clock; the world's clock is another, so that the
 * date itself is written instead. Nothing when the time is none, or a token is unknown: the fallback text is shown then.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
export function slackDate(seconds: number, format: string): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  let known = true;
  const text = format.replaceAll(/\{(\w+)\}/g, (_whole, token: string) => {
    const written = write(token, date);
    known &&= written !== undefined;
    return written ?? '';
  });
  return known ? text : undefined;
}

function write(token: string, date: Date): string | undefined {
  const iso = date.toISOString();
  const [year, month, day] = iso.slice(0, iso.indexOf('T')).split('-');
  const monthName = MONTHS[date.getUTCMonth()] ?? '';
  const short = `${monthName.slice(0, 3)} ${date.getUTCDate()}, ${year}`;
  const full = `${monthName} ${ordinal(date.getUTCDate())}, ${year}`;
  const long = `${DAYS[date.getUTCDay()]}, ${full}`;
  const clock = iso.slice(iso.indexOf('T') + 1);
  switch (token) {
    case 'date_num':
      return `${year}-${month}-${day}`;
    case 'date_slash':
      return `${day}/${month}/${year}`;
    case 'date':
    case 'date_pretty':
      return full;
    case 'date_short':
    case 'date_short_pretty':
      return short;
    case 'date_long':
    case 'date_long_pretty':
    case 'day_divider_pretty':
      return long;
    case 'date_long_full':
      return `${monthName} ${date.getUTCDate()}, ${year}`;
    case 'time':
      return `${clock.slice(0, 5)} UTC`;
    case 'time_secs':
      return `${clock.slice(0, 8)} UTC`;
    case 'ago':
      return `${short} ${clock.slice(0, 5)} UTC`;
    default:
      return undefined;
  }
}

function ordinal(day: number): string {
  const teens = day > 10 && day < 14;
  return `${day}${(!teens && ['th', 'st', 'nd', 'rd'][day % 10]) || 'th'}`;
}
