import { useEffect, useRef } from 'react';
import type { Suggestion, Suggestions } from './suggest.ts';
import styles from './suggestion-list.module.css';

interface SuggestionListProps {
  id: string;
  offered: Suggestions;
  active: number | undefined;
  onTake: (suggestion: Suggestion) => void;
}

export function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}

/** What may come next, over the composer. The focus stays in the composer, which names the active option. */
export function SuggestionList({ id, offered, active, onTake }: SuggestionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active !== undefined) list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div className={styles.frame}>
      <p className={styles.title} aria-hidden="true">
        <span>{offered.title}</span>
        <span className={styles.keys}>
          <kbd>↑</kbd> <kbd>↓</kbd> to choose, <kbd>Tab</kbd> to take, <kbd>Esc</kbd> to close
        </span>
      </p>
      <div ref={list} id={id} className={styles.list} role="listbox" aria-label={offered.title}>
        {offered.options.map((option, index) => (
          // The composer has the focus and takes the keys.
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above
          <div
            key={option.label}
            id={optionId(id, index)}
            className={styles.option}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(option)}
          >
            <span className={styles.words}>
              <b>{option.label}</b> {option.rest !== undefined && <span className={styles.rest}>{option.rest}</span>}
            </span>
            {option.detail !== undefined && <span className={styles.detail}>{option.detail}</span>}
          </div>
        ))}
      </div>
    </div>
  );
}
