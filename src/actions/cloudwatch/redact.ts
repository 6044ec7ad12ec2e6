/** Values behind names that tell of a secret, in JSON, in `key=value`, in headers. */
const NAMED =
  /((?:password|passwd|pwd|secret|token|authorization|api[-_]?key|access[-_]?key|cookie|credential)[\w-]*["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|(?:bearer|basic)\s+[^\s,;}"']+|[^\s,;}&"']+)/gi;
/** The password in a URL, bearer tokens, AWS access keys, JSON Web Tokens, private keys. */
const SHAPES: readonly [RegExp, string][] = [
  [/([a-z][a-z\d+.-]*:\/\/[^\s:/@]+:)[^\s@/]+@/gi, '$1…@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 …'],
  [/\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g, '…'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '…'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '…'],
];

/** A line of a log without what looks like a secret: it goes to a channel that many read. Pure. */
export function redact(line: string): string {
  const named = line.replaceAll(NAMED, '$1…');
  return SHAPES.reduce((text, [shape, replacement]) => text.replaceAll(shape, replacement), named);
}
