import { useId, useRef, useState } from 'react';
import 'uplot/dist/uPlot.min.css';
import { utc } from '../../../../src/blocks/time.ts';
import type { WriteBucket } from '../../../control/wire.ts';
import { useSnapshot } from '../store.ts';
import { MarkList } from './mark-list.tsx';
import { summaryOf } from './summary.ts';
import { usePlot } from './use-plot.ts';
import { type Choice, defaultChoice } from './view.ts';
import styles from './writes-chart.module.css';

const CHOICES: { choice: Choice; label: string }[] = [
  { choice: 'incident', label: 'Incident' },
  { choice: 'recent', label: '5 min' },
  { choice: 'all', label: 'All' },
];

/** What became of users' writes over world time, with everything that happened on the same axis. */
export function WritesChart() {
  const recovery = useSnapshot((snapshot) => snapshot.recovery);
  const client = useSnapshot((snapshot) => snapshot.picture.client);
  const [chosen, setChosen] = useState<Choice>();
  const choice = chosen ?? defaultChoice(recovery);
  const host = useRef<HTMLDivElement>(null);
  const hovered = usePlot(host, choice);
  const id = useId();
  const summary = summaryOf(recovery, client);
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          Users’ writes
        </h2>
        <fieldset className={styles.choices}>
          <legend className="hidden-text">Time shown</legend>
          {CHOICES.filter(({ choice: one }) => one !== 'incident' || recovery).map(({ choice: one, label }) => (
            <button key={one} type="button" aria-pressed={one === choice} onClick={() => setChosen(one)}>
              {label}
            </button>
          ))}
        </fieldset>
      </div>
      <p className={styles.summary}>{summary}</p>
      <div ref={host} className={styles.plot} role="img" aria-label={`Writes over time. ${summary}`} />
      <p className={styles.legend} data-hovered={hovered !== undefined}>
        {hovered ? <Hovered bar={hovered} /> : <Totals />}
      </p>
      <MarkList choice={choice} />
    </section>
  );
}

function Totals() {
  const client = useSnapshot((snapshot) => snapshot.picture.client);
  const { acknowledged = 0, failed = 0, lost = 0 } = client ?? {};
  return <Counts acknowledged={acknowledged} failed={failed} lost={lost} />;
}

function Hovered({ bar }: { bar: WriteBucket }) {
  return (
    <>
      <span>{utc(bar.from).slice(0, 8)}</span>
      <Counts {...bar} />
    </>
  );
}

function Counts({ acknowledged, failed, lost }: Pick<WriteBucket, 'acknowledged' | 'failed' | 'lost'>) {
  return (
    <>
      <span className={styles.key} data-key="acknowledged">
        {acknowledged} acknowledged
      </span>
      <span className={styles.key} data-key="failed">
        {failed} failed
      </span>
      <span className={styles.key} data-key="lost">
        {lost} lost
      </span>
    </>
  );
}
