import type { IncomingHttpHeaders } from 'node:http';
import type { WireRequest } from '../endpoint.ts';
import { AwsError } from '../errors.ts';

/**
 * The content of an upload, and the headers that came after it: clients that compute a checksum while they send wrap the
 * body in `aws-chunked` and put the checksum into a trailer. Throws IncompleteBody when the wrapping is broken.
 */
export function unwrap({ headers, bytes }: WireRequest): { content: Buffer; headers: IncomingHttpHeaders } {
  const wrapped = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (!wrapped) return { content: bytes, headers };
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const line = lineAt(bytes, position);
    const size = Number.parseInt(line.text.split(';')[0] ?? '', 16);
    if (Number.isNaN(size)) throw incomplete();
    position = line.next;
    if (size === 0) break;
    if (position + size > bytes.length) throw incomplete();
    chunks.push(bytes.subarray(position, position + size));
    position += size + 2;
  }
  const trailers: IncomingHttpHeaders = {};
  while (position < bytes.length) {
    const line = lineAt(bytes, position);
    position = line.next;
    const [name, value] = line.text.split(/:(.*)/s);
    if (name && value !== undefined) trailers[name.toLowerCase()] = value.trim();
  }
  const content = Buffer.concat(chunks);
  const announced = headers['x-amz-decoded-content-length'];
  if (announced !== undefined && Number(announced) !== content.length) throw incomplete();
  return { content, headers: { ...headers, ...trailers } };
}

function lineAt(bytes: Buffer, position: number): { text: string; next: number } {
  const end = bytes.indexOf('\r\n', position);
  if (end === -1) throw incomplete();
  return { text: bytes.toString('latin1', position, end), next: end + 2 };
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
}
