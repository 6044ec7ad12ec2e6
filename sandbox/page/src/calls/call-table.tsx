import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { Call } from '../../../world/state.ts';
import styles from './call-log.module.css';
import { CallRow } from './call-row.tsx';

/** Closer to the end than this (CSS pixels), the reader is at the newest call. */
const AT_THE_END = 24;
const ROW_HEIGHT = 27;
/** Milliseconds after a wheel, a finger or a dragged scroll bar during which a list that scrolls is scrolled by hand. */
const BY_HAND = 1000;
/** Rows that one press of Page Up or Page Down goes. */
const PAGE = 10;

interface CallTableProps {
  calls: readonly Call[];
  isFollowing: boolean;
  /** Somebody reads: nothing must move under their eyes. */
  onHold(): void;
  onFollow(): void;
}

/** The calls in columns, of which only the rows in sight are drawn. */
export function CallTable({ calls, isFollowing, onHold, onFollow }: CallTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Call>();
  const [active, setActive] = useState(-1);
  const virtualizer = useVirtualizer({
    count: calls.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => idOf(calls[index]),
    overscan: 8,
  });
  const rows = virtualizer.getVirtualItems();
  const height = virtualizer.getTotalSize();

  useLayoutEffect(() => {
    const element = scroller.current;
    // Also when the height alone has changed: rows are measured after they were drawn.
    if (isFollowing && element && height > 0 && calls.length > 0) element.scrollTop = element.scrollHeight;
  }, [isFollowing, calls, height]);

  const touchedAt = useRef(Number.NEGATIVE_INFINITY);
  const touch = () => {
    touchedAt.current = performance.now();
  };
  const onScroll = () => {
    const element = scroller.current;
    if (!element || element.clientHeight === 0) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_THE_END;
    // The list is scrolled, too, when it is shown again or becomes another size: only a person's own hand holds it.
    const isByHand = performance.now() - touchedAt.current < BY_HAND;
    if (!isAtEnd && isByHand) onHold();
    else if (!isAtEnd) return;
    else if (opened === undefined) onFollow();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const from = Number(
      (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index ?? Number.NaN,
    );
    const to = targetOf(event.key, from, calls.length);
    if (to === undefined) return;
    event.preventDefault();
    onHold();
    setActive(to);
    virtualizer.scrollToIndex(to);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"] button`)?.focus({ preventScroll: true });
    });
  };
  // One of the rows can be reached with Tab; from there, arrows lead on.
  const tabStop = rows.some(({ index }) => index === active) ? active : rows.at(-1)?.index;

  return (
    <div className={styles.table}>
      <div className={styles.header} aria-hidden="true">
        {['Time, UTC', 'Service', 'Operation', 'Resource', 'Region', 'Status', 'Took'].map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={onScroll}
        onWheel={touch}
        onTouchMove={touch}
        onPointerDown={touch}
        onPointerMove={({ buttons }) => buttons > 0 && touch()}
      >
        <ol className={styles.rows} aria-label="API calls, oldest first" onKeyDown={onKeyDown} style={{ height }}>
          {rows.map(({ index, start, key }) => {
            const call = calls[index];
            return (
              call && (
                <CallRow
                  key={key}
                  call={call}
                  index={index}
                  start={start}
                  isOpen={call === opened}
                  isTabStop={index === tabStop}
                  measure={virtualizer.measureElement}
                  onPress={() => {
                    onHold();
                    setActive(index);
                    setOpened(call === opened ? undefined : call);
                  }}
                />
              )
            );
          })}
        </ol>
      </div>
    </div>
  );
}

function targetOf(key: string, from: number, length: number): number | undefined {
  if (Number.isNaN(from)) return undefined;
  const steps: Record<string, number> = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - PAGE,
    PageDown: from + PAGE,
    Home: 0,
    End: length - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), length - 1);
}

const ids = new WeakMap<Call, number>();
let lastId = 0;

/** A call has no name of its own; its object is the same as long as it is known here. */
function idOf(call: Call | undefined): number {
  if (!call) return -1;
  const known = ids.get(call);
  if (known !== undefined) return known;
  lastId += 1;
  ids.set(call, lastId);
  return lastId;
}
