import { AwsError } from '../errors.ts';
import { checkedChecksums } from './checksum.ts';
import { unwrap } from './chunked.ts';
import { matches, preconditionFailed, type S3Operation, type S3Request } from './operation.ts';
import type { StoredObject } from './state.ts';

/** As of S3, in bytes of UTF-8. */
const LONGEST_KEY = 1024;
const METADATA = 'x-amz-meta-';

export const putObject: S3Operation = {
  name: 'PutObject',
  mutating: true,
  method: 'PUT',
  of: 'object',
  answer(input) {
    const { world, objects, key, request } = input;
    const bucket = objects.bucket(input.bucket);
    if (request.headers['x-amz-copy-source'] !== undefined) {
      throw new AwsError(
        'NotImplemented',
        'A header or query you provided implies functionality that is not implemented',
        501,
      );
    }
    if (Buffer.byteLength(key) > LONGEST_KEY) throw new AwsError('KeyTooLongError', 'Your key is too long');
    checkWriteConditions(input);
    const { content, headers } = unwrap(request);
    const checksums = checkedChecksums(headers, content);
    const metadata = Object.entries(headers).filter(([name]) => name.startsWith(METADATA));
    const stored: StoredObject = {
      content: content.toString('base64'),
      contentType: headers['content-type'] ?? 'binary/octet-stream',
      modifiedAt: world.clock.now(),
      checksums,
      metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(METADATA.length), String(value)])),
    };
    bucket.objects[key] = stored;
    const { entityTag = '' } = objects.find(bucket, key) ?? {};
    const named = Object.entries(checksums).map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value]);
    return { headers: { etag: entityTag, ...Object.fromEntries(named) } };
  },
};

export const deleteObject: S3Operation = {
  name: 'DeleteObject',
  mutating: true,
  method: 'DELETE',
  of: 'object',
  answer(input) {
    const { objects, key } = input;
    const bucket = objects.bucket(input.bucket);
    checkWriteConditions(input);
    objects.remove(bucket, key);
    return { status: 204 };
  },
};

/** `If-None-Match: *` writes only what is not there; `If-Match` only over what is as the writer knows it. */
function checkWriteConditions({ objects, bucket, key, request }: S3Request): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  const found = objects.find(objects.bucket(bucket), key);
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') {
      throw new AwsError('NotImplemented', 'If-None-Match of a write supports only the value *', 501);
    }
    if (found) throw preconditionFailed();
  }
  if (match === undefined) return;
  if (!found) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!matches(match, found.entityTag)) throw preconditionFailed();
}
