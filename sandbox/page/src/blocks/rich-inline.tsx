import type { ReactNode } from 'react';
import type { RichText } from './block-kit.ts';
import { CannotBeShown } from './cannot-be-shown.tsx';
import { emojiNamed } from './emoji.ts';
import { Broadcast, ChannelMention, Emoji, Inlines, Outward, PersonMention } from './inline.tsx';
import { safeLink } from './links.ts';
import { plainTree } from './mrkdwn-tree.ts';
import styles from './rich-inline.module.css';
import { slackDate } from './slack-date.ts';
import { useSurface } from './surface.ts';

type Section = Extract<RichText['elements'][number], { type: 'rich_text_section' }>;
export type RichElement = Section['elements'][number];

/** The elements of one paragraph, item or quote. */
export function RichInlines({ elements }: { elements: RichElement[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: an element has no identity beyond its place.
  return elements.map((element, index) => <Styled key={index} element={element} />);
}

/** An element in its styles, the outermost first. */
function Styled({ element }: { element: RichElement }): ReactNode {
  const { bold, italic, strike, underline, code, highlight, client_highlight } = element.style ?? {};
  let node: ReactNode = <Bare element={element} />;
  if (code) node = <code className={styles.code}>{node}</code>;
  if (underline) node = <u>{node}</u>;
  if (strike) node = <s>{node}</s>;
  if (italic) node = <i>{node}</i>;
  if (bold) node = <b>{node}</b>;
  if (highlight || client_highlight) node = <mark className={styles.highlight}>{node}</mark>;
  return node;
}

function Bare({ element }: { element: RichElement }): ReactNode {
  const named = useSurface();
  switch (element.type) {
    case 'text':
      // Shortcodes are elements of their own here; only typed emoji are drawn as such.
      return <Inlines nodes={plainTree(element.text, false)} named={named} />;
    case 'link': {
      const url = safeLink(element.url);
      const text = element.text ?? element.url;
      return url === undefined ? text : <Outward url={url}>{text}</Outward>;
    }
    case 'user':
      return <PersonMention id={element.user_id} named={named} />;
    case 'channel':
      return <ChannelMention id={element.channel_id} named={named} />;
    case 'usergroup':
      return <Broadcast range={element.usergroup_id} />;
    case 'broadcast':
      return <Broadcast range={element.range} />;
    case 'emoji': {
      const character = emojiNamed(element.name) ?? fromCodes(element.unicode);
      return character === undefined ? `:${element.name}:` : <Emoji character={character} name={element.name} />;
    }
    case 'color':
      return <Colour value={element.value} />;
    case 'date': {
      const { timestamp, format, url, fallback } = element;
      const written = slackDate(timestamp, format);
      if (written === undefined) return fallback ?? format;
      const time = <time dateTime={new Date(timestamp * 1000).toISOString()}>{written}</time>;
      const link = url === undefined ? undefined : safeLink(url);
      return link === undefined ? time : <Outward url={link}>{time}</Outward>;
    }
    default:
      return <CannotBeShown block={element} />;
  }
}

function Colour({ value }: { value: string }) {
  // Only what is a colour and nothing else may become a style.
  const colour = /^#[0-9a-f]{3,8}$/i.test(value) ? value : undefined;
  return (
    <span>
      {value}
      {colour !== undefined && <span className={styles.swatch} style={{ backgroundColor: colour }} />}
    </span>
  );
}

/** `1f44b-1f3fb`, as Slack sends the characters of an emoji. */
function fromCodes(codes: string | undefined): string | undefined {
  if (codes === undefined || !/^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(codes)) return undefined;
  const points = codes.split('-').map((code) => Number.parseInt(code, 16));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : undefined;
}
