import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError } from '../errors.ts';

/** The algorithms that are recomputed here; others (CRC32C, CRC64NVME) are refused, so that nothing is believed unseen. */
const ALGORITHMS: Record<string, (content: Buffer) => string> = {
  crc32: (content) => {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(content));
    return value.toString('base64');
  },
  sha1: (content) => createHash('sha1').update(content).digest('base64'),
  sha256: (content) => createHash('sha256').update(content).digest('base64'),
};

const BEGINNING = 'x-amz-checksum-';
/** Headers of the same beginning that hold no checksum. */
const OTHERS = ['algorithm', 'mode', 'type'];

/** What an upload says its content must be: base64 by algorithm. Throws when the content is another, as S3 does. */
export function checkedChecksums(headers: IncomingHttpHeaders, content: Buffer): Record<string, string> {
  const checksums: Record<string, string> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(BEGINNING) || typeof value !== 'string') continue;
    const algorithm = header.slice(BEGINNING.length);
    if (OTHERS.includes(algorithm)) continue;
    const compute = ALGORITHMS[algorithm];
    if (!compute) {
      throw new AwsError('NotImplemented', `The simulated S3 does not check ${algorithm}: use SHA256 or CRC32.`, 501);
    }
    if (compute(content) !== value) {
      const name = algorithm.toUpperCase();
      throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
    }
    checksums[algorithm] = value;
  }
  const md5 = headers['content-md5'];
  if (typeof md5 === 'string' && createHash('md5').update(content).digest('base64') !== md5) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const signed = headers['x-amz-content-sha256'];
  if (typeof signed === 'string' && /^[0-9a-f]{64}$/.test(signed)) {
    const received = createHash('sha256').update(content).digest('hex');
    if (received !== signed) {
      const sentence = "The provided 'x-amz-content-sha256' header does not match what was computed.";
      throw new AwsError('XAmzContentSHA256Mismatch', sentence);
    }
  }
  return checksums;
}
