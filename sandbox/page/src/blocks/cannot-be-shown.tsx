import type { Block } from '../../../slack/state.ts';
import styles from './cannot-be-shown.module.css';

/** What stands in the place of a block or element that is not drawn here: its type, and the text in it. */
export function CannotBeShown({ block }: { block: Block }) {
  const words = wordsIn(block);
  return (
    <div className={styles.cannot}>
      <span className={styles.type}>cannot be shown here: {String(block.type)}</span>
      {words.length > 0 && <span>{words.join(' · ')}</span>}
    </div>
  );
}

const TEXTS = new Set(['text', 'title', 'subtitle', 'label', 'caption', 'body', 'alt_text', 'fallback', 'description']);

/** Every text that a person would have read, in its order. */
function wordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    typeof part === 'string' ? (TEXTS.has(key) && part.trim() !== '' ? [part] : []) : wordsIn(part),
  );
}
