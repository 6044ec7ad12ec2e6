import styles from './divider.module.css';
import type { Row } from './rows.ts';
import { dayInWords } from './times.ts';

/** What stands between messages: where a day begins, what is new, where the replies begin. */
export function Divider({ row }: { row: Exclude<Row, { kind: 'message' }> }) {
  switch (row.kind) {
    case 'day':
      return (
        <h3 className={styles.day}>
          <span>{dayInWords(row.day)}</span>
        </h3>
      );
    case 'new':
      return (
        <h3 className={styles.fresh}>
          <span>New</span>
        </h3>
      );
    case 'replies':
      return <h3 className={styles.replies}>{row.count === 1 ? '1 reply' : `${row.count} replies`}</h3>;
  }
}
