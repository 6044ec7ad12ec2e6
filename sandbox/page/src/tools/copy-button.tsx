import styles from './copy-button.module.css';
import { useCopy } from './use-copy.ts';

/** Copies `text`; `what` names it for those who do not see what stands beside the button. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [state, copy] = useCopy();
  return (
    <button type="button" className={styles.button} data-state={state} onClick={() => void copy(text)}>
      <span aria-live="polite">{LABELS[state]}</span>
      <span className="hidden-text">{what}</span>
    </button>
  );
}

const LABELS = { ready: 'Copy', copied: 'Copied', failed: 'Select it by hand' } as const;
