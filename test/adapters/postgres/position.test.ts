import { describe, expect, it } from '@jest/globals';
import { formatPosition, parsePosition } from '../../../src/adapters/postgres/position.ts';

describe('write positions', () => {
  it.each([
    ['0/0', 0],
    ['0/3000060', 50_331_744],
    ['16/B374D848', 0x16 * 2 ** 32 + 0xb374d848],
    ['FFFFF/FFFFFFFF', 2 ** 52 - 1],
  ])('%s is %d bytes, and back', (text, bytes) => {
    expect(parsePosition(text)).toBe(bytes);
    expect(formatPosition(bytes)).toBe(text);
  });

  it.each([null, undefined, '', 'nonsense'])('%p is nothing', (text) => {
    expect(parsePosition(text)).toBe(0);
  });
});
