import type { ReactNode } from 'react';
import type { RichText } from './block-kit.ts';
import { CannotBeShown } from './cannot-be-shown.tsx';
import { RichInlines } from './rich-inline.tsx';
import styles from './rich-text.module.css';
import { Preformatted, Quote } from './set-apart.tsx';

type Part = RichText['elements'][number];
type List = Extract<Part, { type: 'rich_text_list' }>;

/** What people's own messages are made of: paragraphs, lists, quotes and code. */
export function RichTextBlock({ block }: { block: RichText }) {
  return (
    <div className={styles.richText}>
      {block.elements.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part has no identity beyond its place.
        <RichPart key={index} part={part} />
      ))}
    </div>
  );
}

function RichPart({ part }: { part: Part }): ReactNode {
  switch (part.type) {
    case 'rich_text_section':
      return (
        <div>
          <RichInlines elements={part.elements} />
        </div>
      );
    case 'rich_text_list':
      return <RichList list={part} />;
    case 'rich_text_quote':
      return (
        <Quote>
          <RichInlines elements={part.elements} />
        </Quote>
      );
    case 'rich_text_preformatted':
      return (
        <Preformatted>
          <RichInlines elements={part.elements} />
        </Preformatted>
      );
    default:
      return <CannotBeShown block={part} />;
  }
}

/** Deeper levels are lists of their own in Slack's blocks; `indent` says how deep. */
function RichList({ list: { elements, style, indent = 0, offset = 0, border } }: { list: List }) {
  const level = Math.min(indent, 8);
  const items = elements.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an item has no identity beyond its place.
    <li key={index}>
      <RichInlines elements={item.elements} />
    </li>
  ));
  const shared = { className: styles.list, 'data-level': level % 3, 'data-border': border || undefined };
  const place = { '--level': level } as React.CSSProperties;
  return style === 'ordered' ? (
    <ol {...shared} style={place} start={offset + 1}>
      {items}
    </ol>
  ) : (
    <ul {...shared} style={place}>
      {items}
    </ul>
  );
}
