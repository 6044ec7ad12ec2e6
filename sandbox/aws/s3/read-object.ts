import { AwsError } from '../errors.ts';
import { checkReadConditions, describeObject, findObject, type S3Operation } from './operation.ts';

export const headObject: S3Operation = {
  name: 'HeadObject',
  mutating: false,
  method: 'HEAD',
  of: 'object',
  answer(input) {
    const found = findObject(input);
    const headers = describeObject(found, input.request.headers);
    if (checkReadConditions(found, input.request.headers) === 'not modified') return { status: 304, headers };
    return { headers: { ...headers, 'content-length': String(found.content.length) } };
  },
};

export const getObject: S3Operation = {
  name: 'GetObject',
  mutating: false,
  method: 'GET',
  of: 'object',
  answer(input) {
    const found = findObject(input);
    const { headers: asked } = input.request;
    const headers = describeObject(found, asked);
    if (checkReadConditions(found, asked) === 'not modified') return { status: 304, headers };
    const range = rangeOf(asked.range, found.content.length);
    if (!range) return { headers, body: found.content };
    const [first, last] = range;
    // A checksum of the whole says nothing about a part of it.
    const ofPart = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum')));
    return {
      status: 206,
      headers: { ...ofPart, 'content-range': `bytes ${first}-${last}/${found.content.length}` },
      body: found.content.subarray(first, last + 1),
    };
  },
};

/** First and last byte of `bytes=…`; undefined when the whole is meant. Throws InvalidRange. */
function rangeOf(range: string | undefined, length: number): [number, number] | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  if (first >= length || (from === '' && to === '0')) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return first > last ? undefined : [first, last];
}
