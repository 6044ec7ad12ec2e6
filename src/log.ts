import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];
export const LOG_LEVELS: readonly LogLevel[] = LEVELS;

const HIDDEN = '[hidden]';

/** Names of fields whose value is never written, wherever they stand and however they are spelled. */
const SECRET_NAME =
  /^(authorization|cookie|.*(password|passwd|secret|token|api[-_]?key|access[-_]?key|routing[-_]?key|response[-_]?url|reply[-_]?to))$/i;

/** Secrets that stand inside a text: Slack tokens and response URLs, AWS keys, credentials in a URL, bearer tokens. */
const SECRET_TEXT: [RegExp, string][] = [
  [/\bxox[a-z](?:\.xox[a-z])?-[\w-]+/gi, HIDDEN],
  [/\bxapp-[\w-]+/gi, HIDDEN],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/@]+@/gi, `$1${HIDDEN}@`],
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, `$1${HIDDEN}`],
  [/(https?:\/\/[^\s"']*\/(?:commands|actions|app)\/)[^\s"']+/gi, `$1${HIDDEN}`],
  [
    /\b((?:password|passwd|secret|token|routing_key|api_key)\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&"'}]+)/gi,
    `$1${HIDDEN}`,
  ],
];

const DEEPEST = 8;

/** The same text without the secrets that are recognised by their form. */
export function hideSecrets(text: string): string {
  return SECRET_TEXT.reduce((hidden, [pattern, replacement]) => hidden.replace(pattern, replacement), text);
}

/**
 * One JSON object a line: a static message, ids as metadata, nothing secret. Writes to standard error, so that what
 * a command prints on standard output stays clean.
 */
export function createLogger(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: hideFields },
      hooks: {
        logMethod(inputs, method) {
          const hidden = inputs.map((input) => (typeof input === 'string' ? hideSecrets(input) : input));
          method.apply(this, hidden as typeof inputs);
        },
      },
    },
    destination,
  );
  // pino formats the fields of an entry, and not those that a child is bound to; children inherit this one.
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own this below
  const { child } = logger;
  logger.child = function hiding(this: Logger, bindings, options) {
    return child.call(this, hideFields(bindings), options);
  } as Logger['child'];
  return logger;
}

function hideFields(fields: Record<string, unknown>): Record<string, unknown> {
  return hideIn(fields, 0) as Record<string, unknown>;
}

function hideIn(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return hideSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[deeper]';
  if (value instanceof Error) return describe(value, depth);
  if (Array.isArray(value)) return value.map((entry) => hideIn(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      SECRET_NAME.test(name) && entry !== undefined && entry !== null ? HIDDEN : hideIn(entry, depth + 1),
    ]),
  );
}

function describe(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: hideSecrets(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: hideSecrets(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: hideIn(error.cause, depth + 1) }),
  };
}
