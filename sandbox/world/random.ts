import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on nothing but its arguments. */
export function fraction(seed: number, ...parts: (string | number)[]): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...parts]))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** A whole number of world milliseconds in `[from, to]` seconds, a function of its arguments alone. */
export function latency(range: readonly [number, number], seed: number, ...parts: (string | number)[]): number {
  const [from, to] = range;
  return Math.round((from + (to - from) * fraction(seed, ...parts)) * 1000);
}
