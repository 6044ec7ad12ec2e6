import { emojiNamed } from './emoji.ts';
import { safeLink } from './links.ts';
import { slackDate } from './slack-date.ts';

/** A piece of a line. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; children: Inline[] }
  | { kind: 'link'; url: string; children: Inline[] }
  | { kind: 'person' | 'channel' | 'group'; id: string; label?: string }
  | { kind: 'broadcast'; range: string }
  | { kind: 'date'; iso: string; text: string; url?: string }
  /** `name` without colons; absent for a character that was typed as such. */
  | { kind: 'emoji'; character: string; name?: string };

/** What stands below one another. */
export type Part =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'quote'; children: Inline[] }
  | { kind: 'preformatted'; children: Inline[] };

interface Options {
  /** Addresses, names and shortcodes stay as they are written. */
  verbatim?: boolean;
}

/**
 * Slack's mrkdwn as a tree: code blocks and quotes below paragraphs, and in them what one line may hold. It never
 * fails, and what it does not know is text. https://docs.slack.dev/messaging/formatting-message-text
 */
export function mrkdwnTree(text: string, options: Options = {}): Part[] {
  const parts: Part[] = [];
  // Odd pieces stand between two fences.
  const pieces = text.split(/```([\s\S]+?)```/);
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1) {
      parts.push({ kind: 'preformatted', children: codeText(piece.replace(/^\n/, '').replace(/\n$/, '')) });
      continue;
    }
    // The line break beside a code block is the block's own.
    const start = index > 0 ? (/^ *\n?/.exec(piece)?.[0].length ?? 0) : 0;
    const lines = index < pieces.length - 1 ? piece.slice(start).replace(/\n$/, '') : piece.slice(start);
    if (lines !== '') parts.push(...paragraphs(lines, options));
  }
  return parts;
}

/** Plain text with its emoji; nothing else in it has a meaning. */
export function plainTree(text: string, shortcodes = true): Inline[] {
  return merge(atoms(text, shortcodes ? ['emoji'] : []));
}

function paragraphs(text: string, options: Options): Part[] {
  const parts: Part[] = [];
  let quotesRest = false;
  let kind: 'paragraph' | 'quote' | undefined;
  let lines: string[] = [];
  const flush = () => {
    if (kind && lines.length > 0) {
      const children = lines.flatMap((line, index) => [
        ...(index > 0 ? [{ kind: 'text', text: '\n' } as const] : []),
        ...inlineTree(line, options),
      ]);
      parts.push({ kind, children: merge(children) });
    }
    lines = [];
  };
  for (const line of text.split('\n')) {
    const mark = quotesRest ? undefined : /^(?:&gt;|>){3}(?=[^&>]|$)|^(?:&gt;|>) ?/.exec(line)?.[0];
    if (mark !== undefined && /^(?:&gt;|>){3}/.test(mark)) quotesRest = true;
    const next = quotesRest || mark !== undefined ? 'quote' : 'paragraph';
    if (next !== kind) flush();
    kind = next;
    lines.push(mark === undefined ? line : line.slice(mark.length).replace(/^ /, ''));
  }
  flush();
  return parts;
}

/** One line's formatting. */
function inlineTree(line: string, { verbatim = false }: Options): Inline[] {
  const known: AtomKind[] = ['code', 'reference', 'emoji', 'entity'];
  return format(atoms(line, verbatim ? known : [...known, 'address']));
}

/** Code keeps every character; of what stands in angle brackets only links are more than text. */
function codeText(text: string): Inline[] {
  return merge(atoms(text, ['entity', 'link']));
}

type AtomKind = 'code' | 'reference' | 'link' | 'emoji' | 'entity' | 'address';
/** A character that may be a mark, or something that is already known. */
type Atom = Inline | { kind: 'character'; text: string };

const TYPED_EMOJI = /^\p{RGI_Emoji}/v;
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

function atoms(text: string, kinds: AtomKind[]): Atom[] {
  const found: Atom[] = [];
  let rest = text;
  while (rest !== '') {
    const previous = found.at(-1);
    let result: [Atom, number] | undefined;
    for (const kind of kinds) {
      result = read(kind, rest, previous);
      if (result) break;
    }
    const [atom, length] = result ?? readCharacter(rest);
    found.push(atom);
    rest = rest.slice(length);
  }
  return found;
}

/** The atom that `rest` begins with, and how many characters it takes. */
function read(kind: AtomKind, rest: string, previous: Atom | undefined): [Atom, number] | undefined {
  switch (kind) {
    case 'code': {
      const match = rest.startsWith('`') ? /^`([^`\n]+)`/.exec(rest) : null;
      return match ? [{ kind: 'code', children: codeText(match[1] ?? '') }, match[0].length] : undefined;
    }
    case 'reference':
    case 'link': {
      const match = rest.startsWith('<') ? /^<([^<>\n]+)>/.exec(rest) : null;
      const atom = match && (kind === 'link' ? linkTo(match[1] ?? '') : reference(match[1] ?? ''));
      return atom ? [atom, match[0].length] : undefined;
    }
    case 'emoji': {
      // "12:20:36" is a time.
      if (!rest.startsWith(':') || (previous?.kind === 'character' && /\d/.test(previous.text))) return undefined;
      const match = /^:([\w+'-]+(?:::skin-tone-[2-6])?):/.exec(rest);
      const character = match && emojiNamed(match[1] ?? '');
      return character ? [{ kind: 'emoji', character, name: match[1] ?? '' }, match[0].length] : undefined;
    }
    case 'entity': {
      const match = rest.startsWith('&') ? /^&(?:lt|gt|amp);/.exec(rest)?.[0] : undefined;
      return match === undefined ? undefined : [{ kind: 'text', text: ENTITIES[match] ?? match }, match.length];
    }
    case 'address': {
      if (!/^https?:/i.test(rest) || (previous?.kind === 'character' && /\w/.test(previous.text))) return undefined;
      const address = withoutEnd(/^https?:\/\/[^\s<>|`*]+/i.exec(rest)?.[0] ?? '');
      const url = safeLink(decode(address));
      return url === undefined
        ? undefined
        : [{ kind: 'link', url, children: [{ kind: 'text', text: decode(address) }] }, address.length];
    }
  }
}

/** An address in a sentence ends before the sentence's own full stop, bracket or quotation mark. */
function withoutEnd(address: string): string {
  const bracket = address.search(/&[lg]t;/);
  let end = bracket < 0 ? address.length : bracket;
  while (end > 0 && `.,:;!?'")]}_~`.includes(address[end - 1] ?? ' ')) end -= 1;
  return address.slice(0, end);
}

function readCharacter(rest: string): [Atom, number] {
  const emoji = TYPED_EMOJI.exec(rest)?.[0];
  // A digit is an emoji only to the standard.
  if (emoji !== undefined && !/^[\d#*]$/.test(emoji)) return [{ kind: 'emoji', character: emoji }, emoji.length];
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return [{ kind: 'character', text: character }, character.length];
}

/** What stands between `<` and `>`; nothing when it is none of Slack's references, and so is text. */
function reference(inside: string): Inline | undefined {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : decode(inside.slice(bar + 1));
  const labelled = label ? { label } : {};
  if (/^@[A-Z0-9]+$/i.test(target)) return { kind: 'person', id: target.slice(1), ...labelled };
  if (/^#[A-Z0-9]+$/i.test(target)) return { kind: 'channel', id: target.slice(1), ...labelled };
  if (target.startsWith('!subteam^')) return { kind: 'group', id: target.slice('!subteam^'.length), ...labelled };
  if (target.startsWith('!date^')) return date(target.slice('!date^'.length), label);
  if (target.startsWith('!')) return { kind: 'broadcast', range: label ?? target.slice(1) };
  return linkTo(inside);
}

function linkTo(inside: string): Inline | undefined {
  const bar = inside.indexOf('|');
  const address = decode(bar < 0 ? inside : inside.slice(0, bar));
  const label = bar < 0 ? '' : inside.slice(bar + 1);
  const url = safeLink(address);
  if (url === undefined) return undefined;
  const shown =
    label === ''
      ? [{ kind: 'text', text: address.replace(/^mailto:/i, '') } as const]
      : merge(atoms(label, ['emoji', 'entity']));
  return { kind: 'link', url, children: shown };
}

/** `1392734382^{date_num} {time}^https://…`, and what to show when that cannot be read. */
function date(inside: string, fallback: string | undefined): Inline {
  const [seconds = '', format = '', address] = inside.split('^');
  const written = /^-?\d+$/.test(seconds) ? slackDate(Number(seconds), decode(format)) : undefined;
  if (written === undefined) return { kind: 'text', text: fallback ?? inside };
  const url = address === undefined ? undefined : safeLink(decode(address));
  return { kind: 'date', iso: new Date(Number(seconds) * 1000).toISOString(), text: written, ...(url && { url }) };
}

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

/** Finds `*bold*`, `_italic_` and `~strike~`: a mark opens before a word and closes after one. */
function format(line: Atom[]): Inline[] {
  const done: Atom[] = [];
  let at = 0;
  while (at < line.length) {
    const atom = line[at];
    if (atom === undefined) break;
    const mark = markOf(atom);
    const end = mark === undefined ? -1 : closing(line, at, mark);
    if (mark === undefined || end < 0) {
      done.push(atom);
      at += 1;
      continue;
    }
    done.push({ kind: MARKS[mark], children: format(line.slice(at + 1, end)) });
    at = end + 1;
  }
  return merge(done);
}

/** Where the mark at `open` is closed; -1 when it opens nothing. */
function closing(line: Atom[], open: number, mark: string): number {
  if (isPartOfWord(line[open - 1], mark) || isSpaceOrEnd(line[open + 1]) || isCharacter(line[open + 1], mark))
    return -1;
  for (let at = open + 2; at < line.length; at += 1) {
    if (!isCharacter(line[at], mark)) continue;
    if (isSpaceOrEnd(line[at - 1])) continue;
    return isPartOfWord(line[at + 1], mark) ? -1 : at;
  }
  return -1;
}

function markOf(atom: Atom): keyof typeof MARKS | undefined {
  return atom.kind === 'character' && (atom.text === '*' || atom.text === '_' || atom.text === '~')
    ? atom.text
    : undefined;
}

function isCharacter(atom: Atom | undefined, text: string): boolean {
  return atom?.kind === 'character' && atom.text === text;
}

function isSpaceOrEnd(atom: Atom | undefined): boolean {
  return atom === undefined || (atom.kind === 'character' && /\s/.test(atom.text));
}

function isPartOfWord(atom: Atom | undefined, mark: string): boolean {
  return atom?.kind === 'character' && (atom.text === mark || /[\p{L}\p{N}]/u.test(atom.text));
}

/** Neighbouring characters become one text. */
function merge(list: Atom[]): Inline[] {
  const merged: Inline[] = [];
  for (const atom of list) {
    const last = merged.at(-1);
    const text = atom.kind === 'character' || atom.kind === 'text' ? atom.text : undefined;
    if (text === undefined) merged.push(atom as Inline);
    else if (last?.kind === 'text') last.text += text;
    else merged.push({ kind: 'text', text });
  }
  return merged;
}

function decode(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
