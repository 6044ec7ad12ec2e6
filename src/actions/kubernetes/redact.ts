/** What may be a secret in a line of a log, and what stands for it. */
const SECRETS: readonly [RegExp, string][] = [
  // user:password@ of a URL
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]+@/gi, '$1:***@'],
  // password=…, "token": "…", api-key: …
  [
    /((?:password|passwd|pwd|secret|token|api[-_]?key|authorization)["']?\s*[=:]\s*["']?)(?:bearer\s+)?[^\s"',;&]+/gi,
    '$1***',
  ],
  [/\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi, '***'],
  // JSON web tokens, AWS access keys
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '***'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '***'],
];

/** A line of a log without what looks like a secret, cut to `most` characters. */
export function redact(line: string, most = 200): string {
  const clean = SECRETS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
