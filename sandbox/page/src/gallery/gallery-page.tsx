import { useEffect, useMemo, useState } from 'react';
import { utc } from '../../../../src/blocks/time.ts';
import { Controls } from './controls.tsx';
import { Exhibit } from './exhibit.tsx';
import type { Gallery, GalleryItem } from './gallery.ts';
import styles from './gallery-page.module.css';
import { Pictures } from './pictures.tsx';
import { verdictOf } from './verdict.ts';
import { viewOf } from './view.ts';

/** Every message of the bot in every state, on one page. */
export function GalleryPage({ gallery }: { gallery: Gallery }) {
  const [view, setView] = useState(() => viewOf(window.location.search));
  const refused = useMemo(() => new Set(refusedIn(gallery)), [gallery]);
  useEffect(() => {
    // A link to one message was followed before there was anything to go to.
    if (window.location.hash !== '') window.location.replace(window.location.hash);
  }, []);
  const { pictures = [] } = gallery;
  const count = gallery.groups.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div>
          <h1 className={styles.title}>Lifeboat’s messages</h1>
          <p className={styles.made}>
            {count} messages, made {utc(new Date(gallery.made).getTime(), true)}
            {refused.size > 0 && <strong className={styles.bad}> · Slack refuses {refused.size}</strong>}
          </p>
        </div>
        <Controls view={view} onChange={setView} />
      </header>
      <nav className={styles.index} aria-label="Messages">
        {gallery.groups.map(({ title, items }) => (
          <section key={title}>
            <h2 className={styles.group}>{title}</h2>
            <ul>
              {items.map((item) => (
                <li key={item.id}>
                  <a className={styles.entry} href={`#${item.id}`}>
                    {item.title}
                    {refused.has(item.id) && <span className={styles.bad}> refused</span>}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {pictures.length > 0 && (
          <section>
            <h2 className={styles.group}>
              <a className={styles.entry} href="#the-page">
                The page of the simulated world
              </a>
            </h2>
          </section>
        )}
      </nav>
      <main className={styles.groups}>
        {gallery.groups.map(({ title, items }) => (
          <section key={title} className={styles.items}>
            <h2 className={styles.groupTitle}>{title}</h2>
            {items.map((item) => (
              <Exhibit key={item.id} item={item} view={view} />
            ))}
          </section>
        ))}
        {pictures.length > 0 && (
          <section className={styles.items} id="the-page">
            <h2 className={styles.groupTitle}>The page of the simulated world</h2>
            <Pictures pictures={pictures} />
          </section>
        )}
      </main>
    </div>
  );
}

/** Ids of what Slack would refuse, in itself or in a fallback. */
function refusedIn({ groups }: Gallery): string[] {
  const isRefused = ({ kind, message, fallbacks = [] }: GalleryItem) =>
    [message, ...fallbacks].some((drawn) => verdictOf(drawn, kind).refusal.length > 0);
  return groups.flatMap(({ items }) => items.filter(isRefused).map(({ id }) => id));
}
