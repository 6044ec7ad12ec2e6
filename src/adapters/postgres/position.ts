/**
 * A write position (LSN, `16/B374D848`) in bytes of WAL, as a number: exact as long as a server has written less
 * than 9 PB. Nothing (`null`, on a server that receives none) is 0.
 */
export function parsePosition(text: string | null | undefined): number {
  const [, high, low] = /^([0-9A-F]+)\/([0-9A-F]+)$/i.exec(text ?? '') ?? [];
  return high === undefined || low === undefined ? 0 : Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}

/** The same position as PostgreSQL writes it. */
export function formatPosition(position: number): string {
  const hexadecimal = (value: number) => value.toString(16).toUpperCase();
  return `${hexadecimal(Math.floor(position / 2 ** 32))}/${hexadecimal(position % 2 ** 32)}`;
}
