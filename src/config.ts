import { z } from 'zod';
import { TLS_MODES, type TlsMode } from './adapters/postgres/tls.ts';
import { ClockAnchor } from './domain/clock.ts';
import { InvalidInput } from './domain/errors.ts';
import { Region } from './domain/system.ts';
import { LOG_LEVELS } from './log.ts';

/** How Slack reaches this process: a WebSocket that it opens, or signed requests to `PORT`. */
export type SlackConfig = { botToken: string; apiUrl: string } & (
  | { mode: 'socket'; appToken: string }
  | { mode: 'http'; signingSecret: string }
);

export interface Config {
  /** Undefined without any SLACK_* variable: nothing is connected to a workspace. */
  slack: SlackConfig | undefined;
  /** Name (without #) or id of the channel in which incidents are led. */
  incidentChannel: string;
  host: string;
  /** 0: any free port. */
  port: number;
  logLevel: (typeof LOG_LEVELS)[number];
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** How the databases of the systems are reached; Lifeboat's own says it in its URL. */
  databaseTls: TlsMode;
  stateDirectory: string;
  runbooksDirectory: string;
  /** Where this process, its database and its secrets are: a system is never failed over into losing them. */
  homeRegion: string | undefined;
  /** World time that is not machine time, as it begins (a sandbox may change its speed); undefined in production. */
  clock: ClockAnchor | undefined;
  pagerDuty: { eventsHost: string | undefined };
  aws: {
    /** Endpoint of each region and of `route53`; undefined: AWS's own. */
    endpoints: Record<string, string> | undefined;
  };
  kubernetes: { kubeconfig: string | undefined };
  dns: {
    /** `host:port` of the servers that database and endpoint names are resolved with; undefined: the machine's. */
    servers: string[] | undefined;
    /** Address of each public resolver of system.yaml by its name, where it is replaced. */
    resolvers: Record<string, string>;
  };
  httpsProxy: string | undefined;
  /** The secret that system.yaml names; throws InvalidInput, with the name and never the value, when it is not set. */
  secret(name: string): string;
  /** Whether `secret` would find it. */
  hasSecret(name: string): boolean;
}

const HostPort = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[^\s:/]+):\d{1,5}$/i, 'must be host:port, for example 127.0.0.1:5301');
const Url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `must be a URL, for example ${example}` });

/** A variable that holds JSON. */
const jsonOf = <T extends z.ZodType>(schema: T, example: string) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: `must be JSON, for example ${example}` });
        return z.NEVER;
      }
    })
    .pipe(schema);

const EndpointMap = z.record(z.string(), z.url('must map regions to URLs, for example {"us-east-1":"https://…"}'));

const Environment = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^(xoxe\.)?xoxb-/, 'must be the bot token, which begins with xoxb-')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-/, 'must be an app-level token, which begins with xapp-')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_API_URL: Url(/^https?$/, 'https://slack.com/api/').default('https://slack.com/api/'),
  INCIDENT_CHANNEL: z.string().default('incident-response'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('must be a port number').int('must be a whole number').min(0).max(65_535).default(3000),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  DATABASE_URL: Url(/^postgres(ql)?$/, 'postgres://lifeboat@db.example.com:5432/lifeboat').optional(),
  DATABASE_TLS: z.enum(TLS_MODES, { error: `must be one of ${TLS_MODES.join(', ')}` }).default('verify-full'),
  REDIS_URL: Url(/^rediss?$/, 'redis://redis.example.com:6379').optional(),
  LIFEBOAT_STATE_DIR: z.string().default('.lifeboat'),
  RUNBOOKS_DIR: z.string().default('runbooks'),
  HOME_REGION: Region.optional(),
  LIFEBOAT_CLOCK: jsonOf(
    z.object(ClockAnchor.shape, 'must hold machine, world and speed'),
    '{"machine":0,"world":0,"speed":1}',
  ).optional(),
  PAGERDUTY_EVENTS_HOST: z
    .string()
    .regex(/^[^\s:/]+(:\d{1,5})?$/, 'must be a host name without https://, for example events.eu.pagerduty.com')
    .optional(),
  AWS_ENDPOINTS: jsonOf(EndpointMap, '{"us-east-1":"https://…","route53":"https://…"}').optional(),
  KUBECONFIG: z.string().optional(),
  DNS_SERVERS: z.string().transform(splitList).pipe(z.array(HostPort).min(1)).optional(),
  DNS_RESOLVERS: z
    .string()
    .transform(splitList)
    .pipe(
      z.array(z.string().regex(/^[^\s=]+=\S+:\d+$/, 'must be name=host:port, for example cloudflare=127.0.0.1:5302')),
    )
    .optional(),
  HTTPS_PROXY: Url(/^https?$/, 'http://127.0.0.1:8443').optional(),
});
type Environment = z.infer<typeof Environment>;

/**
 * Reads the environment. Throws InvalidInput with one sentence for each mistake, naming the variable and never its
 * value. Empty variables count as not set.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  const mistakes = parsed.success ? [] : parsed.error.issues.map(sentence);
  mistakes.push(...missingForSlack(set), ...missingInContainer(set));
  if (!parsed.success || mistakes.length > 0)
    throw new InvalidInput('config.invalid', [...new Set(mistakes)].join('\n'));
  const values = parsed.data;
  return {
    slack: slackConfig(values),
    incidentChannel: values.INCIDENT_CHANNEL.replace(/^#/, ''),
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    databaseTls: values.DATABASE_TLS,
    stateDirectory: values.LIFEBOAT_STATE_DIR,
    runbooksDirectory: values.RUNBOOKS_DIR,
    homeRegion: values.HOME_REGION,
    clock: values.LIFEBOAT_CLOCK,
    pagerDuty: { eventsHost: values.PAGERDUTY_EVENTS_HOST },
    aws: { endpoints: values.AWS_ENDPOINTS },
    kubernetes: { kubeconfig: values.KUBECONFIG },
    dns: { servers: values.DNS_SERVERS, resolvers: Object.fromEntries((values.DNS_RESOLVERS ?? []).map(splitPair)) },
    httpsProxy: values.HTTPS_PROXY,
    secret(name) {
      const value = set[name];
      if (!value) throw new InvalidInput('config.secret-missing', `The environment variable ${name} is not set.`);
      return value;
    },
    hasSecret: (name) => Boolean(set[name]),
  };
}

/** A process in a container, or with any SLACK_* variable, is meant for a real workspace: nothing may be missing. */
function missingForSlack(set: Record<string, string | undefined>): string[] {
  const names = Object.keys(set).filter((name) => name.startsWith('SLACK_'));
  const why =
    names.length > 0
      ? `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} set`
      : inContainer(set)
        ? 'Lifeboat runs in a container'
        : undefined;
  if (!why) return [];
  const missing: string[] = [];
  if (!set.SLACK_BOT_TOKEN)
    missing.push(`SLACK_BOT_TOKEN is missing, although ${why}: set the app's bot token (xoxb-…).`);
  if (!set.SLACK_APP_TOKEN && !set.SLACK_SIGNING_SECRET) {
    missing.push(
      `SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing, although ${why}: set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET to be called over HTTP.`,
    );
  }
  return missing;
}

/** The image carries no PostgreSQL, and what a container writes to its own disk ends with it. */
function missingInContainer(set: Record<string, string | undefined>): string[] {
  if (!inContainer(set) || set.DATABASE_URL) return [];
  return [
    "DATABASE_URL is missing, although Lifeboat runs in a container: set the PostgreSQL server that keeps Lifeboat's own journal (postgres://…).",
  ];
}

function inContainer(set: Record<string, string | undefined>): boolean {
  return Boolean(set.KUBERNETES_SERVICE_HOST || set.LIFEBOAT_CONTAINER);
}

function slackConfig(values: Environment): SlackConfig | undefined {
  const { SLACK_BOT_TOKEN: botToken, SLACK_API_URL: apiUrl } = values;
  if (!botToken) return undefined;
  if (values.SLACK_APP_TOKEN) return { mode: 'socket', botToken, apiUrl, appToken: values.SLACK_APP_TOKEN };
  if (values.SLACK_SIGNING_SECRET)
    return { mode: 'http', botToken, apiUrl, signingSecret: values.SLACK_SIGNING_SECRET };
  return undefined;
}

function sentence(issue: z.core.$ZodIssue): string {
  const [name, ...rest] = issue.path.map(String);
  return `${name}${rest.length > 0 ? ` (${rest.join('.')})` : ''} ${issue.message.replace(/\.$/, '')}.`;
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
