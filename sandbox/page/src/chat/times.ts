import { utc } from '../../../../src/blocks/time.ts';
import { timeOf } from './rows.ts';

/** `09:04`, UTC, as it stands beside a name. */
export function shortTime(ts: string): string {
  return utc(timeOf(ts)).slice(0, 5);
}

/** `2026-11-23 09:04:22 UTC`, for whoever wants it exactly. */
export function fullTime(ts: string): string {
  return utc(timeOf(ts), true);
}

/** What a machine reads. */
export function isoTime(ts: string): string {
  return new Date(timeOf(ts)).toISOString();
}

const WORDS = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

/** A day (`2026-11-23`) in words: `Monday 23 November`. */
export function dayInWords(day: string): string {
  return WORDS.format(new Date(`${day}T00:00:00Z`)).replace(',', '');
}
