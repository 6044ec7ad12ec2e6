import { useMemo, useState } from 'react';
import type { Call } from '../../../world/state.ts';
import { useSnapshot } from '../store.ts';
import { type CallFilter, countByService, FIRST_FILTER, filterCalls } from './call-filter.ts';
import { CallFilters } from './call-filters.tsx';
import styles from './call-log.module.css';
import { CallTable } from './call-table.tsx';

/**
 * Every API call that was made in the world, with its answer. It follows the newest; as soon as somebody reads further
 * up, what they read stands still, and the newer ones are only counted.
 */
export function CallLog() {
  const calls = useSnapshot((snapshot) => snapshot.calls);
  const [filter, setFilter] = useState(FIRST_FILTER);
  /** The calls as they were when somebody began to read; undefined: the newest are followed. */
  const [held, setHeld] = useState<Call[]>();
  const shown = useMemo(() => filterCalls(held ?? calls, filter), [held, calls, filter]);
  const newer = useMemo(() => (held ? countNewer(calls, held, filter) : 0), [held, calls, filter]);
  const services = useMemo(() => countByService(calls), [calls]);

  return (
    <div className={styles.log}>
      <CallFilters filter={filter} services={services} onChange={setFilter} />
      {shown.length === 0 ? (
        <p className={styles.empty}>
          {calls.length === 0 ? 'No call was made yet.' : 'No call agrees with this filter.'}
        </p>
      ) : (
        <CallTable
          calls={shown}
          isFollowing={held === undefined}
          onHold={() => setHeld((before) => before ?? calls)}
          onFollow={() => setHeld(undefined)}
        />
      )}
      <div className={styles.foot}>
        <span className={styles.count}>
          {shown.length === calls.length
            ? `${count(calls.length)} calls`
            : `${count(shown.length)} of ${count(calls.length)} calls`}
        </span>
        {held ? (
          <button type="button" className={styles.newest} onClick={() => setHeld(undefined)}>
            {newer === 0 ? 'Follow the newest' : `${count(newer)} newer, follow them`}
          </button>
        ) : (
          <span className={styles.following}>Following the newest</span>
        )}
      </div>
    </div>
  );
}

/** How many calls that agree with the filter came after the held ones. */
function countNewer(calls: readonly Call[], held: readonly Call[], filter: CallFilter): number {
  const last = held.at(-1);
  const after = last === undefined ? 0 : calls.lastIndexOf(last) + 1;
  return filterCalls(calls.slice(after), filter).length;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
