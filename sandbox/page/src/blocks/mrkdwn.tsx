import { useMemo } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import './slack.css';
import { Inlines } from './inline.tsx';
import styles from './mrkdwn.module.css';
import { mrkdwnTree, type Part } from './mrkdwn-tree.ts';
import type { Named } from './named.ts';
import { Preformatted, Quote } from './set-apart.tsx';

interface MrkdwnProps {
  text: string;
  people: Person[];
  channels: Channel[];
  /** Addresses stay text unless they are written as links. */
  verbatim?: boolean | undefined;
}

/** Slack's mrkdwn as elements; what is written in it never becomes HTML. */
export function Mrkdwn({ text, people, channels, verbatim = false }: MrkdwnProps) {
  const parts = useMemo(() => mrkdwnTree(text, { verbatim }), [text, verbatim]);
  const named = { people, channels };
  return (
    <div className={styles.mrkdwn}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part of a text has no identity beyond its place.
        <DrawnPart key={index} part={part} named={named} />
      ))}
    </div>
  );
}

function DrawnPart({ part, named }: { part: Part; named: Named }) {
  const children = <Inlines nodes={part.children} named={named} />;
  switch (part.kind) {
    case 'paragraph':
      return <div>{children}</div>;
    case 'quote':
      return <Quote>{children}</Quote>;
    case 'preformatted':
      return <Preformatted>{children}</Preformatted>;
  }
}
