import { expect, it } from '@jest/globals';
import { checksumOf, computing } from '../../../src/adapters/aws/checksum.ts';

const asked = { sha256: undefined, crc64Nvme: undefined, type: undefined };

it.each([
  ['SHA-256', { ...asked, sha256: 'a=', type: 'FULL_OBJECT' }],
  ['SHA-256', { ...asked, sha256: 'a=' }],
  ['parts', { ...asked, sha256: 'a=-3', type: 'COMPOSITE' }],
  ['parts', { ...asked, sha256: 'a=-3' }],
  ['CRC-64/NVME', { ...asked, crc64Nvme: 'b=', type: 'FULL_OBJECT' }],
  ['CRC-64/NVME', { ...asked, sha256: 'a=-3', crc64Nvme: 'b=' }],
  [undefined, asked],
])('takes the checksum %s of %j', (kind, found) => {
  expect(checksumOf(found)?.kind).toBe(kind);
});

it.each([
  // The check value of the catalogue of CRC algorithms, of 123456789.
  ['CRC-64/NVME', Buffer.from('ae8b14860a799888', 'hex').toString('base64')],
  ['SHA-256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
] as const)('computes %s of what arrives in pieces', (kind, value) => {
  for (const [last, same] of [
    ['789', true],
    ['780', false],
  ] as const) {
    const computed = computing({ kind, value });
    computed?.update(Buffer.from('123456'));
    computed?.update(Buffer.from(last));

    expect(computed?.isSame()).toBe(same);
  }
});

it('computes nothing of parts', () => {
  expect(computing({ kind: 'parts', value: 'a=-3' })).toBeUndefined();
  expect(computing(undefined)).toBeUndefined();
});
