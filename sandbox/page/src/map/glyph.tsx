import type { Tone } from './facts.ts';
import styles from './glyph.module.css';

const SHAPES: Record<Tone, string> = {
  good: 'M1 5a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
  warn: 'M5 .6L9.7 9H.3z',
  bad: 'M2 .6L.6 2 3.6 5 .6 8 2 9.4 5 6.4 8 9.4 9.4 8 6.4 5 9.4 2 8 .6 5 3.6z',
  busy: 'M5 1a4 4 0 0 1 0 8z',
  idle: '',
};

/** A state by its shape as well as by its colour. */
export function Glyph({ tone }: { tone: Tone }) {
  return (
    <svg className={styles.glyph} data-tone={tone} viewBox="0 0 10 10" aria-hidden="true">
      {(tone === 'busy' || tone === 'idle') && <circle cx="5" cy="5" r="3.5" className={styles.ring} />}
      <path d={SHAPES[tone]} />
    </svg>
  );
}
