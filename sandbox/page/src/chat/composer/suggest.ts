import type { Known } from './known.ts';
import { readUsage, type Slot } from './usage.ts';

/** One line of the list over the composer. */
export interface Suggestion {
  /** What is taken over: `failover`. */
  label: string;
  /** What goes on behind it: `<system> [--to region]`. */
  rest?: string;
  /** What it is, in a few words. */
  detail?: string;
  insert: string;
  /** Where the cursor goes in `insert`; absent: behind it. */
  caret?: number;
}

export interface Suggestions {
  /** What the list is of, for those who hear it. */
  title: string;
  options: Suggestion[];
  /** What is replaced, in the text. */
  from: number;
  to: number;
  /** Enter takes the first one, even though nothing of it was typed yet. */
  isAwaited: boolean;
}

const COMMAND = '/dr';

/**
 * What might come next where the cursor stands: `/dr`, its verbs, their arguments as far as they are known, and people
 * after an `@`. Undefined: nothing to offer. Slack takes no commands in threads, so none is offered there. Pure.
 */
export function suggest(text: string, caret: number, known: Known, isThread: boolean): Suggestions | undefined {
  const before = text.slice(0, caret);
  const offered = before.startsWith('/') ? (isThread ? undefined : command(before, known)) : people(before, known);
  if (!offered || offered.options.length === 0) return undefined;
  // A word that the cursor stands in the middle of is replaced as a whole.
  const rest = /^\S*/.exec(text.slice(caret))?.[0] ?? '';
  return { ...offered, to: caret + rest.length };
}

/** True when the text says already what this would insert: then Enter sends. */
export function isTyped(text: string, { from, to }: Suggestions, { insert }: Suggestion): boolean {
  return text.slice(from, to).toLowerCase() === insert.trimEnd().toLowerCase();
}

type Offer = Omit<Suggestions, 'to'>;

function command(before: string, known: Known): Offer | undefined {
  const words = split(before);
  if (!words) return undefined;
  const [first = '', verb, ...given] = words.complete;
  const { partial, from } = words;
  if (words.complete.length === 0) {
    if (!COMMAND.startsWith(partial.toLowerCase())) return undefined;
    const rest = '<verb> …';
    const options = [{ label: COMMAND, rest, detail: 'Plan, approve and follow a recovery', insert: `${COMMAND} ` }];
    return { title: 'Commands', options, from, isAwaited: true };
  }
  if (first.toLowerCase() !== COMMAND) return undefined;
  if (verb === undefined) {
    const options = known.commands
      .filter((candidate) => candidate.verb.startsWith(partial.toLowerCase()))
      .map(({ verb: name, usage, summary }) => ({
        label: name,
        rest: usage.slice(name.length).trim(),
        detail: summary,
        insert: `${name} `,
      }));
    return { title: 'What /dr can do', options, from, isAwaited: partial !== '' };
  }
  const hint = known.commands.find((candidate) => candidate.verb === verb.toLowerCase());
  return hint && argument(hint.usage, given, partial, from, known);
}

function argument(usage: string, given: string[], partial: string, from: number, known: Known): Offer | undefined {
  const { positionals, flags } = readUsage(usage);
  const inline = /^--([\w-]+)=(.*)$/.exec(partial);
  const flag = inline?.[1] ?? /^--([\w-]+)$/.exec(given.at(-1) ?? '')?.[1];
  const slot = flag === undefined ? undefined : flags.get(flag);
  if (slot) {
    const typed = inline?.[2] ?? partial;
    const options = values(slot, given, known).filter(startsWith(typed));
    return { title: `Values of --${flag}`, options, from: from + partial.length - typed.length, isAwaited: true };
  }
  const positional = positionals[positionalsIn(given, flags).length];
  const own = positional ? values(positional, positionalsIn(given, flags), known).filter(startsWith(partial)) : [];
  const unused = [...flags]
    .filter(([name]) => !given.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)))
    .map(([name, { accepts }]) => flagSuggestion(name, accepts))
    .filter(startsWith(partial));
  const waitsForFlags = positional?.isRequired !== true;
  const options = [...own, ...(waitsForFlags || partial.startsWith('-') ? unused : [])];
  return { title: 'Arguments', options, from, isAwaited: partial !== '' || positional?.isRequired === true };
}

function flagSuggestion(name: string, accepts: string[]): Suggestion {
  const rest = accepts.join('|');
  if (!rest.startsWith('"')) return { label: `--${name}`, rest, insert: `--${name} ` };
  const insert = `--${name} ""`;
  return { label: `--${name}`, rest, insert, caret: insert.length - 1 };
}

/** Words that are neither flags nor their values. */
function positionalsIn(given: string[], flags: ReadonlyMap<string, Slot>): string[] {
  return given.filter((word, index) => {
    if (word.startsWith('--')) return false;
    const above = given[index - 1];
    return !(above?.startsWith('--') && flags.has(above.slice(2)));
  });
}

/** What is known to fit; nothing for free text. */
function values({ accepts }: Slot, given: string[], known: Known): Suggestion[] {
  return accepts.flatMap((kind) => valuesOf(kind, accepts.length > 1, given, known));
}

function valuesOf(kind: string, isOneOfSeveral: boolean, given: string[], known: Known): Suggestion[] {
  switch (kind) {
    case 'system':
      return known.systems.map(({ name, title }) => ({ label: name, detail: title, insert: `${name} ` }));
    case 'region':
      return known.regions.map(word);
    case 'incident':
      return known.incidents.map(word);
    case 'plan':
      return known.plans.map(word);
    case 'run':
      return known.runs.map(word);
    case 'step':
      return (known.steps.get(given.at(-1) ?? '') ?? []).map(word);
    default:
      // `emergency|planned` are the words themselves; a single one (`reason`) names free text.
      return isOneOfSeveral ? [word(kind)] : [];
  }
}

function word(text: string): Suggestion {
  return { label: text, insert: `${text} ` };
}

function startsWith(partial: string): (suggestion: Suggestion) => boolean {
  return ({ label }) => label.toLowerCase().startsWith(partial.toLowerCase());
}

/** The words before the cursor; undefined inside quotation marks, where nothing is offered. */
function split(before: string): { complete: string[]; partial: string; from: number } | undefined {
  const marks = before.match(/["“”]/g)?.length ?? 0;
  if (marks % 2 === 1) return undefined;
  const partial = /\S*$/.exec(before)?.[0] ?? '';
  const from = before.length - partial.length;
  const complete = before.slice(0, from).match(/(?:["“][^"”]*["”]|\S)+/g) ?? [];
  return { complete, partial, from };
}

function people(before: string, known: Known): Offer | undefined {
  const match = /(?:^|\s)@([\w.-]*)$/.exec(before);
  if (!match) return undefined;
  const typed = (match[1] ?? '').toLowerCase();
  const options = known.people
    .filter(({ name, realName }) => name.startsWith(typed) || realName.toLowerCase().startsWith(typed))
    .map(({ name, realName }) => ({ label: `@${name}`, detail: realName, insert: `@${name} ` }));
  return { title: 'People', options, from: before.length - typed.length - 1, isAwaited: true };
}
