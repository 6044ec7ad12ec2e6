import { useMemo } from 'react';
import type { TextObject } from './block-kit.ts';
import { Inlines } from './inline.tsx';
import { Mrkdwn } from './mrkdwn.tsx';
import { plainTree } from './mrkdwn-tree.ts';
import { useSurface } from './surface.ts';
import styles from './text.module.css';

const NOBODY = { people: [], channels: [] };

/** A text object: mrkdwn, or plain text with its emoji. */
export function Text({ text }: { text: TextObject }) {
  const { people, channels } = useSurface();
  if (text.type === 'mrkdwn') {
    return <Mrkdwn text={text.text} people={people} channels={channels} verbatim={text.verbatim} />;
  }
  return (
    <span className={styles.lines}>
      <Plain text={text.text} emoji={text.emoji} />
    </span>
  );
}

/** Plain text. `emoji: false` leaves shortcodes as they are written. */
export function Plain({ text, emoji = true }: { text: string; emoji?: boolean | undefined }) {
  const nodes = useMemo(() => plainTree(text, emoji), [text, emoji]);
  return <Inlines nodes={nodes} named={NOBODY} />;
}
