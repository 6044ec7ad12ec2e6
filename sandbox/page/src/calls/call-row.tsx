import { memo } from 'react';
import { utc } from '../../../../src/blocks/time.ts';
import type { Call } from '../../../world/state.ts';
import { formatLatency, isRefused, shortResource } from './call-filter.ts';
import styles from './call-log.module.css';

interface CallRowProps {
  call: Call;
  index: number;
  /** Distance from the top of the list, CSS pixels. */
  start: number;
  isOpen: boolean;
  isTabStop: boolean;
  measure(element: Element | null): void;
  onPress(): void;
}

/** One call; pressed, it says everything that is known of it. */
export const CallRow = memo(function CallRow(props: CallRowProps) {
  const { call, index, start, isOpen, isTabStop, measure, onPress } = props;
  const refused = isRefused(call);
  const resource = shortResource(call.resource);
  return (
    <li
      ref={measure}
      data-index={index}
      aria-posinset={index + 1}
      aria-setsize={-1}
      className={styles.row}
      data-refused={refused}
      data-open={isOpen}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className={styles.time}>{utc(call.at).replace(' UTC', '')}</span>
      <span className={styles.serviceName}>{call.service}</span>
      <span className={styles.operation}>
        <button type="button" tabIndex={isTabStop ? 0 : -1} aria-expanded={isOpen} onClick={onPress}>
          {call.operation}
        </button>
        {call.mutating && <span className={styles.change}>change</span>}
      </span>
      <span className={styles.resource} title={call.resource}>
        {resource}
      </span>
      <span className={styles.region}>{call.region ?? ''}</span>
      <span className={styles.status}>
        {refused && <span aria-hidden="true">✕ </span>}
        {call.status}
        {refused && <span className="hidden-text"> refused</span>}
      </span>
      <span className={styles.took}>{formatLatency(call.latency)}</span>
      {isOpen && <Details call={call} />}
    </li>
  );
}, isSame);

/** `onPress` is made anew with each drawing of the table and always means the same. */
function isSame(before: CallRowProps, after: CallRowProps): boolean {
  return (
    before.call === after.call &&
    before.index === after.index &&
    before.start === after.start &&
    before.isOpen === after.isOpen &&
    before.isTabStop === after.isTabStop
  );
}

function Details({
  call: { at, service, region, operation, resource, mutating, status, error, latency },
}: {
  call: Call;
}) {
  const rows: [string, string][] = [
    ['When', `${utc(at, true)}, answered after ${formatLatency(latency)}`],
    ['Call', `${service} ${operation}${region === undefined ? '' : ` in ${region}`}`],
    ['Resource', resource || 'none'],
    ['Answer', `${status}${error === undefined ? '' : `: ${error}`}`],
    ['Effect', mutating ? 'would change something; carried out only when it was not refused' : 'reads only'],
  ];
  return (
    <div className={styles.details}>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
