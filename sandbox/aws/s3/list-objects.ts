import { AwsError } from '../errors.ts';
import { renderXml, timestamp, type Xml } from '../xml.ts';
import { NAMESPACE, type S3Operation } from './operation.ts';

const MOST_KEYS = 1000;

export const listObjects: S3Operation = {
  name: 'ListObjectsV2',
  mutating: false,
  method: 'GET',
  of: 'bucket',
  answer({ objects, bucket: name, query }) {
    const bucket = objects.bucket(name);
    if (query.get('list-type') !== '2') {
      throw new AwsError('NotImplemented', 'The simulated S3 lists objects by ListObjectsV2 alone (list-type=2).', 501);
    }
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const most = maxKeysOf(query.get('max-keys'));
    const after = continuationOf(query.get('continuation-token')) ?? query.get('start-after') ?? '';
    const encode = query.get('encoding-type') === 'url' ? encodeKey : (text: string) => text;

    const entries: { key: string; isPrefix: boolean }[] = [];
    let last = '';
    let truncated = false;
    for (const key of objects.keys(bucket)) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = end === -1 ? key : key.slice(0, end + delimiter.length);
      const isPrefix = end !== -1;
      if (
        !isAfter(key, after) ||
        (isPrefix && (entry === after || entries.some(({ key: other }) => other === entry)))
      ) {
        continue;
      }
      if (entries.length === most) {
        truncated = true;
        break;
      }
      entries.push({ key: entry, isPrefix });
      last = isPrefix ? `${entry}\u{10ffff}` : key;
    }

    const contents = entries
      .filter(({ isPrefix }) => !isPrefix)
      .map(({ key }): Xml => {
        const found = objects.find(bucket, key);
        const algorithms = Object.keys(found?.checksums ?? {}).map((algorithm) => algorithm.toUpperCase());
        return {
          Key: encode(key),
          LastModified: timestamp(found?.modifiedAt ?? 0),
          ETag: found?.entityTag,
          ChecksumAlgorithm: algorithms,
          ChecksumType: algorithms.length > 0 ? 'FULL_OBJECT' : undefined,
          Size: found?.content.length ?? 0,
          StorageClass: 'STANDARD',
        };
      });
    const token = query.get('continuation-token');
    return {
      headers: { 'content-type': 'application/xml' },
      body: renderXml('ListBucketResult', NAMESPACE, {
        Name: name,
        Prefix: encode(prefix),
        Delimiter: delimiter === '' ? undefined : encode(delimiter),
        MaxKeys: most,
        KeyCount: entries.length,
        EncodingType: query.get('encoding-type') ?? undefined,
        IsTruncated: truncated,
        ContinuationToken: token ?? undefined,
        NextContinuationToken: truncated ? Buffer.from(last).toString('base64url') : undefined,
        StartAfter: query.get('start-after') ?? undefined,
        Contents: contents,
        CommonPrefixes: entries.filter(({ isPrefix }) => isPrefix).map(({ key }) => ({ Prefix: encode(key) })),
      }),
    };
  },
};

function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}

function maxKeysOf(text: string | null): number {
  if (text === null) return MOST_KEYS;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) {
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  return Math.min(number, MOST_KEYS);
}

function continuationOf(token: string | null): string | undefined {
  if (token === null) return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (Buffer.from(text).toString('base64url') !== token) {
    throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return text;
}

/** As S3 encodes keys in a list: slashes stay. */
function encodeKey(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}
