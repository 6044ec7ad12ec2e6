import { isObject, type Json, type JsonObject, textOf } from './json.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** Before every message of the API: `k8s` and a zero. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

type Field = [name: string, of: 'string' | 'bytes' | Message | { mapOf: 'string' | 'bytes' }];
/** Fields of a message by their number, as the API's `generated.proto` numbers them. */
interface Message {
  [number: number]: Field;
}

const METADATA: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  11: ['labels', { mapOf: 'string' }],
  12: ['annotations', { mapOf: 'string' }],
};

/** Kinds that kubectl's own clients create, and so send in this form. */
const KINDS: Record<string, Message> = {
  Secret: {
    1: ['metadata', METADATA],
    2: ['data', { mapOf: 'bytes' }],
    3: ['type', 'string'],
    4: ['stringData', { mapOf: 'string' }],
  },
  SelfSubjectAccessReview: {
    2: [
      'spec',
      {
        1: [
          'resourceAttributes',
          {
            1: ['namespace', 'string'],
            2: ['verb', 'string'],
            3: ['group', 'string'],
            4: ['version', 'string'],
            5: ['resource', 'string'],
            6: ['subresource', 'string'],
            7: ['name', 'string'],
          },
        ],
        2: ['nonResourceAttributes', { 1: ['path', 'string'], 2: ['verb', 'string'] }],
      },
    ],
  },
  SelfSubjectRulesReview: { 2: ['spec', { 1: ['namespace', 'string'] }] },
  SelfSubjectReview: {},
};

const ENVELOPE: Message = { 1: ['type', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }], 2: ['raw', 'bytes'] };

/** A message of the API as the JSON that says the same; throws 415 for a kind that is not known in this form. */
export function protobufToJson(body: Buffer): string {
  if (!body.subarray(0, 4).equals(MAGIC)) throw badRequest('provided data does not appear to be a protobuf message');
  const { type, raw } = read(body.subarray(4), ENVELOPE) as { type?: JsonObject; raw?: string };
  const message = KINDS[textOf(type?.kind)];
  if (!message) throw unsupportedMediaType(['application/json']);
  return JSON.stringify({ ...type, ...read(Buffer.from(raw ?? '', 'base64'), message) });
}

function read(bytes: Buffer, message: Message): JsonObject {
  const result: JsonObject = {};
  for (const { number, content } of fieldsOf(bytes)) {
    const [name, of] = message[number] ?? [];
    if (name === undefined || of === undefined) continue;
    result[name] = decodeValue(content, of, result[name]);
  }
  return result;
}

function decodeValue(content: Buffer, of: Field[1], before: Json | undefined): Json {
  if (of === 'string') return content.toString('utf8');
  if (of === 'bytes') return content.toString('base64');
  if ('mapOf' in of) {
    const { key, value } = read(content, { 1: ['key', 'string'], 2: ['value', of.mapOf as 'string' | 'bytes'] });
    return { ...(isObject(before) ? before : {}), [textOf(key)]: value ?? '' };
  }
  return read(content, of as Message);
}

/** Fields with a length; numbers and fixed values, which none of these kinds needs, are passed over. */
function* fieldsOf(bytes: Buffer): Generator<{ number: number; content: Buffer }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw badRequest('unexpected EOF');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      if (at + length > bytes.length) throw badRequest('unexpected EOF');
      yield { number: Math.floor(tag / 8), content: bytes.subarray(at, at + length) };
      at += length;
    } else throw badRequest(`proto: illegal wireType ${wireType}`);
  }
}
