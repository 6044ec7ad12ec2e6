import type { SoaAnswer, StringAnswer, TxtAnswer } from 'dns-packet';

/** One record set as the zone keeps it: values in the notation of zone files, names with a dot at the end. */
export interface RecordSet {
  type: string;
  /** World seconds. */
  ttl: number;
  values: string[];
}

export type RecordAnswer = StringAnswer | SoaAnswer | TxtAnswer;

/** Lower case without the final dot, as names stand in DNS messages here. */
export const withoutDot = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** The records of a set as name servers send them. */
export function toAnswers(name: string, { type, ttl, values }: RecordSet): RecordAnswer[] {
  const owner = withoutDot(name);
  switch (type) {
    case 'A':
    case 'AAAA':
      return values.map((data) => ({ type, name: owner, ttl, data }));
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return values.map((value) => ({ type, name: owner, ttl, data: withoutDot(value) }));
    case 'SOA':
      return values.map((value) => ({ type, name: owner, ttl, data: readStartOfAuthority(value) }));
    case 'TXT':
      return values.map((value) => ({ type, name: owner, ttl, data: readStrings(value) }));
    default:
      // Other types are kept in the zone, and served by nobody yet.
      return [];
  }
}

/** The value of a SOA record: two names and five numbers. */
function readStartOfAuthority(value: string): SoaAnswer['data'] {
  const [mname = '', rname = '', ...numbers] = value.split(/\s+/);
  const [serial = 1, refresh = 7200, retry = 900, expire = 1_209_600, minimum = 60] = numbers.map(Number);
  return { mname: withoutDot(mname), rname: withoutDot(rname), serial, refresh, retry, expire, minimum };
}

/** The value of a TXT record: one or more strings, each in quotes. */
function readStrings(value: string): Buffer[] {
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, text = '']) => bytesOf(text));
}

/** `\101` is the byte with that octal number; any other character after a backslash is itself. */
function bytesOf(text: string): Buffer {
  const parts = text.match(/\\[0-7]{3}|\\?./gsu) ?? [];
  return Buffer.concat(
    parts.map((part) =>
      /^\\[0-7]{3}$/.test(part)
        ? Buffer.of(Number.parseInt(part.slice(1), 8))
        : Buffer.from(part.replace(/^\\(?=.)/s, '')),
    ),
  );
}
