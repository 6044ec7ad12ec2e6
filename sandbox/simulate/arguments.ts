import { InvalidArgumentError } from 'commander';
import { Duration } from '../../src/domain/duration.ts';

/** Recovery figures mean nothing above this: the machine's own time would be most of them. */
const FASTEST = 60;

/** Parsers of command line values; each throws commander's InvalidArgumentError with what to write instead. */

/** World seconds. */
export function duration(text: string): number {
  const parsed = Duration.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'not a duration');
  return parsed.data;
}

export function durationOrNever(text: string): number | 'never' {
  return text === 'never' ? 'never' : duration(text);
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Write a whole number, for example 1.');
  return value;
}

export function speed(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > FASTEST) {
    throw new InvalidArgumentError(`Write a number above 0 and up to ${FASTEST}, for example 10.`);
  }
  return value;
}

export function oneOf<T extends string>(...values: T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (!found) throw new InvalidArgumentError(`Write ${values.join(' or ')}.`);
    return found;
  };
}

/** `1-10`, or one number: every whole number from the first to the last. */
export function seeds(text: string): number[] {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text.trim());
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (!match || to < from || to - from > 999) throw new InvalidArgumentError('Write two numbers, for example 1-10.');
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
