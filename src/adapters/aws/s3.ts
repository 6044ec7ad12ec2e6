import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { Permanent } from '../../domain/errors.ts';
import { type Checksum, checksumOf } from './checksum.ts';
import { type AwsConnection, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

/** Where an object is. */
export interface Place {
  region: string;
  bucket: string;
  key: string;
}

export interface ListedObject {
  key: string;
  bytes: number;
  /** Epoch milliseconds (UTC). */
  modifiedAt: number;
}

export interface ObjectHead extends ListedObject {
  /** What S3 keeps from the upload; absent where the object was uploaded without one that can be computed here. */
  checksum?: Checksum;
}

export interface S3 {
  /** Every object whose key begins with `prefix`, by key. Throws Permanent `s3.no-such-bucket`. */
  list(where: { region: string; bucket: string; prefix: string }, signal: AbortSignal): Promise<ListedObject[]>;
  /** Throws Permanent `s3.no-such-key`. */
  head(place: Place, signal: AbortSignal): Promise<ObjectHead>;
  /** The content, as it arrives. Throws Permanent `s3.no-such-key`; a connection that ends early is thrown while it is read. */
  read(place: Place, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Writes an object of this text with its SHA-256, over whatever is there. */
  put(place: Place, content: string, signal: AbortSignal): Promise<void>;
  /** Removes an object; where there is none, nothing happens. */
  remove(place: Place, signal: AbortSignal): Promise<void>;
  close(): void;
}

const Listed = z.object({ Key: z.string(), Size: z.number(), LastModified: z.date() });
const Head = z.object({
  ContentLength: z.number(),
  LastModified: z.date(),
  ChecksumSHA256: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumType: z.string().optional(),
});

/** S3 of every region, a client for each once it is needed; Not at the service's own address where `connection` says so. */
export function createS3(connection: AwsConnection = {}): S3 {
  // What a dump's checksum says is compared, and told, by whoever reads it.
  const checks = { responseChecksumValidation: 'WHEN_REQUIRED' } as const;
  const reader = perRegion((region) => new S3Client({ ...readSettings(connection, region), ...checks }));
  const writer = perRegion((region) => new S3Client(writeSettings(connection, region)));
  return {
    async list({ region, bucket, prefix }, signal) {
      try {
        const found: ListedObject[] = [];
        const pages = paginateListObjectsV2(
          { client: reader.of(region) },
          { Bucket: bucket, Prefix: prefix },
          { abortSignal: signal },
        );
        for await (const { Contents = [] } of pages) {
          for (const { Key, Size, LastModified } of Contents.map((entry) => Listed.parse(entry))) {
            found.push({ key: Key, bytes: Size, modifiedAt: LastModified.getTime() });
          }
        }
        return found;
      } catch (error) {
        throw translateAwsError(error, 's3', `S3 in ${region}, ${bucket}`);
      }
    },
    async head(place, signal) {
      const { region, bucket: Bucket, key: Key } = place;
      try {
        const command = new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' });
        const found = Head.parse(await reader.of(region).send(command, { abortSignal: signal }));
        const checksum = checksumOf({
          sha256: found.ChecksumSHA256,
          crc64Nvme: found.ChecksumCRC64NVME,
          type: found.ChecksumType,
        });
        const { ContentLength: bytes, LastModified } = found;
        return { key: Key, bytes, modifiedAt: LastModified.getTime(), ...(checksum && { checksum }) };
      } catch (error) {
        // The answer to HEAD has no body that would name the error.
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) {
          throw new Permanent('s3.no-such-key', `${subjectOf(place)}: there is no such object.`, { cause: error });
        }
        throw translateAwsError(error, 's3', subjectOf(place));
      }
    },
    async read(place, signal) {
      const { region, bucket: Bucket, key: Key } = place;
      try {
        const { Body } = await reader.of(region).send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
        if (!Body) throw new Permanent('s3.no-content', `${subjectOf(place)} came without its content.`);
        return translated(Body as AsyncIterable<Uint8Array>, place);
      } catch (error) {
        throw translateAwsError(error, 's3', subjectOf(place));
      }
    },
    async put(place, content, signal) {
      const { region, bucket: Bucket, key: Key } = place;
      try {
        const command = new PutObjectCommand({ Bucket, Key, Body: content, ChecksumAlgorithm: 'SHA256' });
        await writer.of(region).send(command, { abortSignal: signal });
      } catch (error) {
        throw translateAwsError(error, 's3', subjectOf(place));
      }
    },
    async remove(place, signal) {
      const { region, bucket: Bucket, key: Key } = place;
      try {
        await writer.of(region).send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal: signal });
      } catch (error) {
        throw translateAwsError(error, 's3', subjectOf(place));
      }
    },
    close() {
      reader.close();
      writer.close();
    },
  };
}

function subjectOf({ region, bucket, key }: Place): string {
  return `S3 in ${region}, ${bucket}/${key}`;
}

async function* translated(body: AsyncIterable<Uint8Array>, place: Place): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw translateAwsError(error, 's3', subjectOf(place));
  }
}
