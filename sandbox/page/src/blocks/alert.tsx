import styles from './alert.module.css';
import type { BlockOf } from './block-kit.ts';
import { Text } from './text.tsx';

const LEVELS = {
  default: { sign: 'i', word: 'Note' },
  info: { sign: 'i', word: 'Note' },
  warning: { sign: '!', word: 'Warning' },
  error: { sign: '!', word: 'Error' },
  success: { sign: '✓', word: 'Success' },
} as const;

/** A notice in a modal. Its level is told by its sign and, to a screen reader, in a word. */
export function AlertBlock({ block: { text, level = 'default' } }: { block: BlockOf<'alert'> }) {
  const { sign, word } = LEVELS[level];
  return (
    <div className={styles.alert} data-level={level}>
      <span className={styles.sign} role="img" aria-label={word}>
        {sign}
      </span>
      <div className={styles.words}>
        <Text text={text} />
      </div>
    </div>
  );
}
