import type { BlockOf } from './block-kit.ts';
import styles from './header.module.css';
import { Heading } from './heading.tsx';
import { Plain } from './text.tsx';

/** A larger line of its own. */
export function HeaderBlock({ block: { text, level = 1 } }: { block: BlockOf<'header'> }) {
  return (
    <Heading level={level} className={styles.header}>
      <Plain text={text.text} emoji={text.emoji} />
    </Heading>
  );
}
