import { parseArgs } from 'node:util';
import { parseArgsStringToArgv } from 'string-argv';
import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { nearestOrBegun } from '../domain/nearest.ts';

/** Which words a command takes. */
export interface Grammar {
  /** Names of the arguments by position. */
  positionals: readonly string[];
  /** Name of the argument that takes all words left over, joined by spaces. */
  rest?: string;
  /** Name of the argument that takes every `name=value`; see `givenValues`. */
  pairs?: string;
  /** Names of flags that take a value: `--name value` or `--name=value`. */
  flags: readonly string[];
  /** Names of flags that take none: `--yes`. Given, the argument is `true` as a word. */
  switches?: readonly string[];
}

/**
 * Splits a typed line as a shell would, after undoing what telephones make of it: “curly quotes”, and dashes that
 * grew out of `--`. An apostrophe inside a word is a letter, not a quote. Throws InvalidInput on an open quote.
 */
export function splitLine(line: string): string[] {
  const text = line
    .replace(/[“”„«»]/g, '"')
    .replace(/(^|[\s=])‘([^‘’]*)’(?=\s|$)/g, '$1"$2"')
    .replace(/(\p{L})['‘’](?=\p{L})/gu, '$1\u2019')
    .replace(/(^|\s)[—–―](?=\p{L})/gu, '$1--');
  const open = unclosedQuote(text);
  if (open) throw new InvalidInput('command.quote', `The quotation mark in ${open} is not closed.`);
  return parseArgsStringToArgv(text);
}

/** Sorts words by the grammar. Throws InvalidInput, naming the word and the nearest flag, when one does not fit. */
export function sortWords(words: string[], grammar: Grammar, usage: string): Record<string, string> {
  const { switches = [] } = grammar;
  const options = Object.fromEntries([
    ...grammar.flags.map((name) => [name, { type: 'string' as const }]),
    ...switches.map((name) => [name, { type: 'boolean' as const }]),
  ]);
  const { tokens } = parseArgs({ args: words, options, strict: false, allowPositionals: true, tokens: true });
  const sorted: Record<string, string> = {};
  const rest: string[] = [];
  const pairs: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind === 'option' && switches.includes(token.name)) {
      if (token.value !== undefined) throw new InvalidInput('command.switch', `${token.rawName} takes no value.`);
      sorted[token.name] = 'true';
    } else if (token.kind === 'option') {
      if (!grammar.flags.includes(token.name)) throw unknownFlag(token.rawName, grammar, usage);
      if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
        throw new InvalidInput('command.value', `${token.rawName} needs a value: \`${usage}\`.`);
      }
      if (token.name in sorted) throw new InvalidInput('command.twice', `${token.rawName} is given twice.`);
      sorted[token.name] = withNames(token.value);
    } else if (token.kind === 'positional' && grammar.pairs !== undefined && PAIR.test(token.value)) {
      const [name, value] = pairOf(token.value);
      if (Object.hasOwn(pairs, name)) throw new InvalidInput('command.twice', `${quote(name)} is given twice.`);
      pairs[name] = value.replaceAll(MENTION, '<@$1>');
    } else if (token.kind === 'positional') {
      const name = grammar.positionals.find((position) => !(position in sorted));
      if (name) sorted[name] = token.value;
      else if (grammar.rest) rest.push(withNames(token.value));
      else throw new InvalidInput('command.word', `I do not know what to do with ${quote(token.value)}: \`${usage}\`.`);
    }
  }
  if (grammar.pairs !== undefined && Object.keys(pairs).length > 0) sorted[grammar.pairs] = JSON.stringify(pairs);
  if (grammar.rest && rest.length > 0) sorted[grammar.rest] = rest.join(' ');
  return sorted;
}

/** A person in a line that was typed in Slack. */
const MENTION = /<@([UW][A-Z0-9]+)\|([^>]+)>/g;

/** In words for people a person is a name; where a value says who is meant, it is the id. */
function withNames(words: string): string {
  return words.replaceAll(MENTION, '@$2');
}

const PAIR = /^[A-Za-z][\w-]*=/;

function pairOf(word: string): [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

/** What a command was given as `name=value`, by name; none: empty. */
export const givenValues = z
  .string()
  .optional()
  .transform((text) => z.record(z.string(), z.string()).parse(text === undefined ? {} : JSON.parse(text)));

/** Arguments of a command from its words; throws InvalidInput with the usage when they do not fit. */
export function parseArguments<A extends z.ZodType>(
  words: string[],
  command: { grammar: Grammar; args: A; usage: string },
): z.infer<A> {
  const usage = `/dr ${command.usage}`;
  const sorted = sortWords(words, command.grammar, usage);
  const parsed = command.args.safeParse(sorted);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path.map(String).join('.') ?? '';
  const what = command.grammar.flags.includes(name) ? `--${name}` : `The ${name}`;
  const said = name in sorted ? (issue?.message ?? 'does not fit').replace(/\.$/, '') : 'is missing';
  throw new InvalidInput('command.arguments', `${what} ${said}. Write \`${usage}\`.`);
}

/** `INC-7`; also when a plan or run of it is named. People may type it in lower case. */
export const IncidentId = z
  .string()
  .regex(/^inc-\d+(\.[pr]\d+)?$/i, 'must be an incident, for example INC-7')
  .transform((text) => text.toUpperCase().replace(/\..*$/, ''));

/** `INC-7.p1`, whatever its case was. */
const canonical = (text: string) => text.toUpperCase().replace(/[PR]\d+$/, (end) => end.toLowerCase());

export const PlanId = z
  .string()
  .regex(/^inc-\d+\.p\d+$/i, 'must be a plan, for example INC-7.p1')
  .transform(canonical);

/** A run, or the incident whose run is meant. */
export const RunOrIncidentId = z
  .string()
  .regex(/^inc-\d+(\.r\d+)?$/i, 'must be a run or its incident, for example INC-7.r1 or INC-7')
  .transform(canonical);

/** A plan or a run, whichever the id is of, or their incident. */
export const PlanRunOrIncidentId = z
  .string()
  .regex(/^inc-\d+(\.[pr]\d+)?$/i, 'must be a plan, a run or their incident, for example INC-7.p1, INC-7.r1 or INC-7')
  .transform(canonical);

/** Words in which the first may be left out: a step alone is no id of a run. */
export const stepMayStandAlone = (first: string) => (words: unknown) => {
  if (typeof words !== 'object' || words === null) return words;
  const { [first]: id, ...rest } = words as Record<string, unknown>;
  if (typeof id !== 'string' || 'step' in rest || /^inc-\d/i.test(id)) return words;
  return { ...rest, step: id };
};

/** Whether an id as `PlanRunOrIncidentId` gives it is that of a plan. */
export function isPlanId(id: string): boolean {
  return id.includes('.p');
}

/**
 * What a run left open, as `INC-7.r1/unfenced` or, where it left several of a kind, `INC-7.r1/unfenced/2`; or the incident
 * whose watch is meant.
 */
export const WatchOrIncidentId = z
  .string()
  .regex(
    /^inc-\d+(\.[pr]\d+)?(\/[a-z]+(\/\d+)?)?$/i,
    'must be a watch or an incident, for example INC-7.r1/unfenced or INC-7',
  )
  .transform((text) => {
    const incident = text.toUpperCase().replace(/[./].*$/, '');
    return text.includes('/') ? `${incident}${text.slice(incident.length).toLowerCase()}` : incident;
  });

/** Why somebody decides as they do; `missing` says what it must say. */
export const reasonFor = (missing: string) =>
  z.string().trim().min(1, missing).max(500, 'must be at most 500 characters');

function unknownFlag(flag: string, grammar: Grammar, usage: string): InvalidInput {
  const match = nearestOrBegun(flag.replace(/^-+/, ''), [...grammar.flags, ...(grammar.switches ?? [])]);
  const hint = match ? ` Did you mean --${match}?` : '';
  return new InvalidInput('command.flag', `I do not know ${quote(flag)}.${hint} Write \`${usage}\`.`);
}

function quote(word: string): string {
  return `“${word.slice(0, 60)}”`;
}

/** The word with which a quotation begins that never ends. */
function unclosedQuote(text: string): string | undefined {
  let open: { mark: string; at: number } | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (mark !== '"' && mark !== "'") continue;
    if (!open) open = { mark, at };
    else if (open.mark === mark) open = undefined;
  }
  return open && quote(text.slice(open.at).split(/\s/)[0] ?? '');
}

/** A step, and the run or incident that it is of where there are several. */
export const RunAndStep = z.preprocess(
  stepMayStandAlone('run'),
  z.object({ run: RunOrIncidentId.optional(), step: z.string().toLowerCase() }),
);
