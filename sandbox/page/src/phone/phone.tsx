import { useEffect, useId, useRef, useState } from 'react';
import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import { useSnapshot } from '../store.ts';
import { PageCard } from './page-card.tsx';
import styles from './phone.module.css';

/** The telephones that PagerDuty rings: who was paged and when, and what they do about it. */
export function Phone() {
  const pages = useSnapshot((snapshot) => snapshot.pages);
  const id = useId();
  const arrived = useArrivals(pages.map((page) => page.id));
  const waiting = pages.filter(({ status }) => status === 'triggered').length;
  const newest = pages.find((page) => page.id === arrived.at(-1));
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          PagerDuty
        </h2>
        {waiting > 0 && <span className={styles.waiting}>{waiting} not acknowledged</span>}
      </div>
      <p className="hidden-text" role="status">
        {newest ? `${newest.service} is paged: ${newest.summary}` : ''}
      </p>
      {pages.length === 0 ? (
        <Nobody />
      ) : (
        <ol className={styles.pages}>
          {pages.toReversed().map((page) => (
            <li key={page.id}>
              <PageCard page={page} isNew={arrived.includes(page.id)} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Nobody() {
  const [tier] = useSnapshot((snapshot) => snapshot.system.escalation);
  const incident = useSnapshot((snapshot) => snapshot.recovery?.status);
  const when =
    tier &&
    (tier.afterSeconds === 0
      ? 'as soon as an incident is declared'
      : `${formatSeconds(tier.afterSeconds)} after detection`);
  return (
    <p className={styles.empty}>
      Nobody was paged.
      {tier && incident === undefined && ` Tier ${tier.tier}, ${tier.contact}, is paged ${when}.`}
    </p>
  );
}

/** Ids that came after the first look, oldest first: what was there before is no news. */
function useArrivals(ids: string[]): string[] {
  const known = useRef<ReadonlySet<string>>(undefined);
  const [arrived, setArrived] = useState<string[]>([]);
  const key = ids.join(' ');
  useEffect(() => {
    const now = key.split(' ').filter(Boolean);
    const fresh = known.current ? now.filter((id) => !known.current?.has(id)) : [];
    known.current = new Set(now);
    if (fresh.length > 0) setArrived((before) => [...before, ...fresh]);
  }, [key]);
  return arrived;
}
