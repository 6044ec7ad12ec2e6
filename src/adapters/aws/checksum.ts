import { createHash } from 'node:crypto';
import { Crc64Nvme } from './crc64-nvme.ts';

/** What S3 keeps of an object's upload, base64. */
export interface Checksum {
  /** `parts`: of an upload in parts, over the checksums of these; it says nothing that the whole content can be compared with. */
  kind: 'SHA-256' | 'CRC-64/NVME' | 'parts';
  value: string;
}

/** Ends the base64 of a checksum over parts: how many there were. */
const PARTS = /-\d+$/;

/**
 * The strongest checksum over the whole object of those that S3 answers with, else one over parts; undefined where there
 * is neither. `type`: `FULL_OBJECT` or `COMPOSITE`, which S3 leaves out of objects from before it knew the difference. Pure.
 */
export function checksumOf({
  sha256,
  crc64Nvme,
  type,
}: {
  sha256: string | undefined;
  crc64Nvme: string | undefined;
  type: string | undefined;
}): Checksum | undefined {
  if (sha256 !== undefined && type !== 'COMPOSITE' && !PARTS.test(sha256)) return { kind: 'SHA-256', value: sha256 };
  // S3 knows it of whole objects alone.
  if (crc64Nvme !== undefined) return { kind: 'CRC-64/NVME', value: crc64Nvme };
  return sha256 === undefined ? undefined : { kind: 'parts', value: sha256 };
}

/** Computes a checksum of content as it arrives. */
export interface Computing {
  update(content: Uint8Array): void;
  /** Whether what has arrived is what was uploaded. */
  isSame(): boolean;
}

/** Undefined where nothing can be compared. */
export function computing(checksum: Checksum | undefined): Computing | undefined {
  if (!checksum || checksum.kind === 'parts') return undefined;
  if (checksum.kind === 'CRC-64/NVME') {
    const crc = new Crc64Nvme();
    return { update: (content) => crc.update(content), isSame: () => crc.digest() === checksum.value };
  }
  const hash = createHash('sha256');
  return { update: (content) => void hash.update(content), isSame: () => hash.digest('base64') === checksum.value };
}
