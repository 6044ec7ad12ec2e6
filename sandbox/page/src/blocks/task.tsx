import { useId, useState } from 'react';
import type { RichText, TaskCard } from './block-kit.ts';
import { Chevron } from './chevron.tsx';
import { OUTWARD, safeLink } from './links.ts';
import { RichTextBlock } from './rich-text.tsx';
import styles from './task.module.css';
import { TaskStatus } from './task-status.tsx';
import { Plain } from './text.tsx';

/** One task: its sign and title, and what is to be read of it when it is open. */
export function Task({ task, startsOpen }: { task: TaskCard; startsOpen: boolean }) {
  const { title, status = 'pending', details, output, sources = [] } = task;
  // Until somebody opens or closes it, it follows the task's status.
  const [chosen, setChosen] = useState<boolean>();
  const isOpen = chosen ?? startsOpen;
  const bodyId = useId();
  const heading = (
    <>
      <TaskStatus status={status} />
      <span className={styles.title}>
        <Plain text={title} />
      </span>
    </>
  );
  if (!details && !output && sources.length === 0) return <div className={styles.heading}>{heading}</div>;
  return (
    <>
      <button
        type="button"
        className={styles.heading}
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => setChosen(!isOpen)}
      >
        {heading}
        <Chevron isOpen={isOpen} />
      </button>
      <div id={bodyId} className={styles.body} hidden={!isOpen}>
        {details && <Words block={details} />}
        {output && <Words block={output} />}
        {sources.length > 0 && (
          <ul className={styles.sources} aria-label="Sources">
            {sources.map(({ url, text }) => (
              <li key={url}>
                <Source url={url} text={text} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function Words({ block }: { block: RichText }) {
  return (
    <div className={styles.words}>
      <RichTextBlock block={block} />
    </div>
  );
}

function Source({ url, text }: { url: string; text: string }) {
  const link = safeLink(url);
  if (link === undefined) return <span className={styles.source}>{text}</span>;
  return (
    <a className={styles.source} href={link} title={link} {...OUTWARD}>
      {text}
    </a>
  );
}
