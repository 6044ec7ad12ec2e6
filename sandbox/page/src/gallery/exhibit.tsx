import styles from './exhibit.module.css';
import { Frame } from './frame.tsx';
import type { Drawn, GalleryItem } from './gallery.ts';
import { Limits } from './limits.tsx';
import { Questions } from './questions.tsx';
import { verdictOf } from './verdict.ts';
import type { View } from './view.ts';

const KINDS = {
  message: 'Message in the channel',
  ephemeral: 'Seen by one person',
  thread: 'Reply in the thread',
  modal: 'Modal',
  page: 'Page of PagerDuty',
} as const;

/** One message: what is to be done now, what of Slack's limits it uses, and how it looks. */
export function Exhibit({ item, view }: { item: GalleryItem; view: View }) {
  const { id, title, now, message, kind, fallbacks = [] } = item;
  return (
    <article id={id} className={styles.exhibit} aria-labelledby={`${id}-title`}>
      <div className={styles.heading}>
        <h3 id={`${id}-title`} className={styles.title}>
          <a href={`#${id}`}>{title}</a>
        </h3>
        <span className={styles.kind}>{KINDS[kind]}</span>
      </div>
      <p className={styles.now}>
        <b>Now:</b> {now}
      </p>
      <Limits verdict={verdictOf(message, kind)} />
      <Frames item={item} drawn={message} view={view} />
      <Questions blocks={message.blocks} />
      {fallbacks.map((fallback) => (
        <details key={fallback.name} className={styles.fallback}>
          <summary>Instead: {fallback.name}</summary>
          <Limits verdict={verdictOf(fallback, kind)} />
          <Frames item={item} drawn={fallback} view={view} />
        </details>
      ))}
    </article>
  );
}

function Frames({ item, drawn, view }: { item: GalleryItem; drawn: Drawn; view: View }) {
  return (
    <div className={styles.frames}>
      {(['phone', 'desktop'] as const)
        .filter((width) => view.width === 'both' || view.width === width)
        .map((width) => (
          <Frame key={width} width={width} scheme={view.scheme} item={item} drawn={drawn} />
        ))}
    </div>
  );
}
