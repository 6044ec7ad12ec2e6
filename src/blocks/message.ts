import type { KnownBlock, Button as SlackButton, StaticSelect } from '@slack/web-api';

/** A Slack message: `text` is the notification and what screen readers read; `blocks` is what is drawn. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
  /** What is drawn instead where Slack refuses `blocks`, the best first; where all are refused, text alone says it. */
  fallbacks?: Rung[];
}

/** One rung of the ladder from the richest blocks down to text. */
export interface Rung {
  name: 'sections';
  blocks: KnownBlock[];
}

/** Slack's limit for one section, with room for the ellipsis. */
const SECTION_LIMIT = 2900;
const NOTIFICATION_LIMIT = 2000;

/** Slack's limits of one message; that of characters is undocumented, counted over the blocks' JSON, with some spare. */
const MOST_BLOCKS = 50;
const MOST_CHARACTERS = 13_000;

export interface Room {
  blocks: number;
  characters: number;
}

/** What a message with these blocks can still take. */
export function roomBeside(blocks: KnownBlock[]): Room {
  return { blocks: MOST_BLOCKS - blocks.length, characters: MOST_CHARACTERS - charactersOf(blocks) };
}

/** As Slack counts them: text and the containers around it. */
export function charactersOf(blocks: KnownBlock[]): number {
  return JSON.stringify(blocks).length;
}

export function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: cut(text, 150), emoji: true } };
}

/** At most `limit` characters, the last one an ellipsis when something is missing; never half a character. */
export function cut(text: string, limit: number): string {
  return text.length > limit ? `${foldText(text, limit - 1)[0] ?? ''}…` : text;
}

/** What a notification says: a telephone shows a line or two of it, screen readers all. */
export function notification(...sentences: string[]): string {
  return cut(sentences.filter(Boolean).join(' ').replaceAll('\n', ' '), NOTIFICATION_LIMIT);
}

/** A section of mrkdwn; text beyond Slack's limit is cut at a line and the cut is said. */
export function section(lines: string | string[]): KnownBlock {
  const all = typeof lines === 'string' ? [lines] : lines;
  const kept: string[] = [];
  let length = 0;
  for (const line of all) {
    if (length + line.length + 1 > SECTION_LIMIT - 40) break;
    kept.push(line);
    length += line.length + 1;
  }
  const cut = all.length - kept.length;
  if (kept.length === 0) kept.push(`${foldText(all[0] ?? '', SECTION_LIMIT - 40)[0] ?? ''}…`);
  else if (cut > 0) kept.push(`… and ${cut} more`);
  return mrkdwn(kept.join('\n'));
}

/** All of `lines`, in as many sections as they need; a line that fills one by itself goes on in the next. */
export function sections(lines: string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines.flatMap((text) => foldText(text, SECTION_LIMIT))) {
    const joined = `${texts.at(-1) ?? ''}\n${line}`;
    if (texts.length > 0 && joined.length <= SECTION_LIMIT) texts.splice(-1, 1, joined);
    else texts.push(line);
  }
  return texts.map(mrkdwn);
}

function mrkdwn(text: string): KnownBlock {
  return { type: 'section', text: markedText(text) };
}

/** Verbatim: an address or a channel's name that infrastructure said stays text, only what we mark is a mention. */
function markedText(text: string) {
  return { type: 'mrkdwn' as const, text, verbatim: true };
}

/** Pieces of at most `limit` characters, cut between words, and never inside an escape (`&lt;`) or a mention. */
export function foldText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const cut = placeToCut(rest, limit);
    pieces.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...pieces, rest];
}

/** The longest escape or mention that we write, with room to spare. */
const LONGEST_MARK = 30;

function placeToCut(text: string, limit: number): number {
  const space = Math.max(text.lastIndexOf(' ', limit), text.lastIndexOf('\n', limit));
  if (space > limit / 2) return space;
  const mark = Math.max(text.lastIndexOf('&', limit - 1), text.lastIndexOf('<', limit - 1));
  if (mark > limit - LONGEST_MARK) return mark;
  // A character outside the basic plane takes two places.
  return /[\uD800-\uDBFF]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
}

export function fields(pairs: [string, string][]): KnownBlock {
  return {
    type: 'section',
    fields: pairs.slice(0, 10).map(([name, value]) => markedText(cut(`*${name}*\n${value}`, 2000))),
  };
}

export function context(text: string): KnownBlock {
  return { type: 'context', elements: [markedText(cut(text, SECTION_LIMIT))] };
}

export interface Button {
  /** A verb of `/dr`; the arguments are its text. */
  verb: string;
  args: string;
  label: string;
  style?: 'primary' | 'danger';
  /** A menu instead of a button: what is chosen follows the arguments. */
  options?: readonly { value: string; title: string }[];
  /** Asked before anything is sent: the consequence in words. */
  confirm?: { title: string; text: string; yes: string; no: string };
}

/** Buttons that go through the same dispatcher as `/dr <verb> <args>`. */
export function buttons(list: Button[]): KnownBlock {
  return {
    type: 'actions',
    elements: list.map(({ options, ...button }) => (options ? menu(button, options) : element(button))),
  };
}

function element({ verb, args, label, style, confirm }: Omit<Button, 'options'>): SlackButton {
  return {
    type: 'button' as const,
    action_id: `dr:${verb}:${args}`.slice(0, 255),
    value: args,
    text: { type: 'plain_text' as const, text: cut(label, 75), emoji: true },
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: { type: 'plain_text' as const, text: confirm.title.slice(0, 100) },
            text: markedText(cut(confirm.text, 300)),
            confirm: { type: 'plain_text' as const, text: confirm.yes.slice(0, 30) },
            deny: { type: 'plain_text' as const, text: confirm.no.slice(0, 30) },
            ...(style === 'danger' ? { style: 'danger' as const } : {}),
          },
        }),
  };
}

function menu({ verb, args, label }: Omit<Button, 'options'>, options: NonNullable<Button['options']>): StaticSelect {
  const plain = (text: string) => ({ type: 'plain_text' as const, text: cut(text, 75) });
  return {
    type: 'static_select',
    action_id: `dr:${verb}:${args}`.slice(0, 255),
    placeholder: plain(label),
    options: options.map(({ value, title }) => ({ text: plain(title), value })),
  };
}
