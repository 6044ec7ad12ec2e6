import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Duration } from '../../domain/duration.ts';
import { Retryable } from '../../domain/errors.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { Region } from '../../domain/system.ts';
import { redact } from './redact.ts';

const Input = z.strictObject({
  region: Region,
  group: z.string().min(1),
  /** CloudWatch's filter pattern; this one finds errors in what most programs write. */
  pattern: z.string().default('?ERROR ?Error ?error ?Exception ?FATAL ?panic'),
  /** The last so many seconds. */
  window: Duration.pipe(z.number().min(1)).default(300),
  /** As many lines as run() puts up with in that time; one request of CloudWatch's brings 10,000. */
  maxLines: z.int().min(0).max(9999).default(0),
});
type Input = z.infer<typeof Input>;

const Output = z.object({
  /** At most those that are counted: `more` when there are others, or may be: not everything was searched. */
  count: z.int(),
  more: z.boolean(),
  /** The newest ones, without what looks like a secret. */
  lines: z.array(z.string()),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

const MOST_COUNTED = 500;
const MOST_SHOWN = 5;
const LONGEST_LINE = 300;

export const logs = ({ aws }: Clients) =>
  defineAction({
    id: 'cloudwatch.logs',
    summary: 'Search the application logs for errors of the last minutes, or wait until there are none',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['logs:FilterLogEvents'] },
    examples: [
      {
        title: 'New errors in the standby region',
        with: { region: 'us-west-2', group: '/aws/containerinsights/chatbot-cluster/application', window: '1m' },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    // As long as its window, where errors stand in it at first.
    expectedSeconds: ({ window }) => window ?? 60,
    async observe(context, input) {
      return { facts: {}, measurements: await search({ aws }, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(async () => {
        const found = await search({ aws }, context, input);
        context.progress(found.sentence);
        if (found.count > input.maxLines) return undefined;
        // What was not searched is not free of errors.
        if (found.more) throw new Retryable('logs.not-searched', found.sentence);
        return found;
      });
      return { outputs, changes: [] };
    },
  });

async function search(
  { aws }: Pick<Clients, 'aws'>,
  { clock, signal }: Pick<ObserveContext, 'clock' | 'signal'>,
  { region, group, pattern, window, maxLines }: Input,
): Promise<Output> {
  const to = clock.now();
  const asked = { group, pattern, from: to - window * 1000, to };
  const { lines: found, more } = await aws.logs.search(region, asked, Math.max(MOST_COUNTED, maxLines), signal);
  const lines = found.slice(-MOST_SHOWN).map(({ at, message }) => {
    return `${new Date(at).toISOString()} ${redact(messageOf(message)).slice(0, LONGEST_LINE)}`;
  });
  const count = found.length;
  const last = lines.at(-1);
  const range = `the last ${formatSeconds(window)}`;
  return { count, more, lines, sentence: sentenceOf({ group, range, count, more, last }) };
}

function sentenceOf(found: {
  group: string;
  range: string;
  count: number;
  more: boolean;
  last: string | undefined;
}): string {
  const { group, range, count, more, last } = found;
  if (last !== undefined) {
    const counted = `${more ? 'more than ' : ''}${count} ${count === 1 ? 'line' : 'lines'}`;
    return `${counted} in ${group} match in ${range}, the newest: ${last}`;
  }
  return more
    ? `No line in ${group} was found in ${range}, but not all of them were searched: there are too many. Take a shorter window, or look in CloudWatch Logs.`
    : `No line in ${group} matches in ${range}.`;
}

const Structured = z.object({ message: z.string() });

/** What a program that writes JSON says; the line itself of any other. */
function messageOf(line: string): string {
  try {
    return Structured.parse(JSON.parse(line)).message;
  } catch {
    return line;
  }
}
