import { utc } from '../../../../src/blocks/time.ts';
import type { Page } from '../../../control/wire.ts';
import { api } from '../api.ts';
import { useRequest } from '../use-request.ts';
import { useWorldNow } from '../world-time.ts';
import { ago } from './ago.ts';
import styles from './phone.module.css';

/** One page on somebody's telephone. */
export function PageCard({ page, isNew }: { page: Page; isNew: boolean }) {
  const { busy, refusal, ask } = useRequest();
  const { id, service, status, severity, summary, triggeredAt, repeats } = page;
  const answer = (action: 'acknowledge' | 'resolve') => void ask(() => api.answerPage({ id, action }));
  return (
    <article className={styles.page} data-status={status} data-new={isNew} aria-label={`Page to ${service}`}>
      <div className={styles.line}>
        <h3 className={styles.service}>{service}</h3>
        <span className={styles.status}>{STATUS[status]}</span>
      </div>
      <p className={styles.when}>
        {utc(triggeredAt)} <Ago at={triggeredAt} />
        {repeats > 0 && `, repeated ${repeats === 1 ? 'once' : `${repeats} times`}`}
      </p>
      <p className={styles.summary}>{summary}</p>
      {refusal !== undefined && (
        <p className={styles.refusal} role="alert">
          {refusal}
        </p>
      )}
      {status !== 'resolved' && (
        <div className={styles.buttons}>
          {status === 'triggered' ? (
            <button type="button" className={styles.primary} disabled={busy} onClick={() => answer('acknowledge')}>
              Acknowledge
            </button>
          ) : (
            // In its place, so that a second click does not resolve what the first has acknowledged.
            <span className={styles.acknowledged}>{page.acknowledgedAt !== undefined && utc(page.acknowledgedAt)}</span>
          )}
          <button type="button" className={styles.button} disabled={busy} onClick={() => answer('resolve')}>
            Resolve
          </button>
        </div>
      )}
      <details className={styles.details}>
        <summary>Details</summary>
        <dl>
          <Detail name="severity" value={severity} />
          {Object.entries(page.details).map(([name, value]) => (
            <Detail key={name} name={name} value={typeof value === 'string' ? value : JSON.stringify(value)} />
          ))}
          {page.acknowledgedAt !== undefined && <Detail name="acknowledged" value={utc(page.acknowledgedAt)} />}
          {page.resolvedAt !== undefined && <Detail name="resolved" value={utc(page.resolvedAt)} />}
        </dl>
      </details>
    </article>
  );
}

const STATUS = { triggered: 'Rings', acknowledged: 'Acknowledged', resolved: 'Resolved' } as const;

function Detail({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Ago({ at }: { at: number }) {
  const now = useWorldNow(1000);
  return <span className={styles.ago}>{ago(at, now)}</span>;
}
