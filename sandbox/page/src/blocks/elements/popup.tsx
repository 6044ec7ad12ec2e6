import { type ReactNode, useLayoutEffect, useRef } from 'react';
import styles from './popup.module.css';

interface PopupProps {
  /** Below which it opens. */
  anchor: HTMLElement | null;
  onClosed: () => void;
  children: ReactNode;
}

/** Something that opens over the page, in the browser's top layer: Escape and a click beside it close it. */
export function Popup({ anchor, onClosed, children }: PopupProps) {
  const popup = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = popup.current;
    if (!element || !anchor) return;
    // A click on the anchor is not one beside it: the anchor's own click closes it again.
    element.showPopover({ source: anchor });
    // Messages above it may arrive, and the list may scroll: it stays with its anchor.
    let frame = 0;
    const follow = () => {
      place(element, anchor.getBoundingClientRect());
      frame = requestAnimationFrame(follow);
    };
    follow();
    element.querySelector<HTMLElement>('a, button, input')?.focus();
    return () => {
      cancelAnimationFrame(frame);
      element.hidePopover();
    };
  }, [anchor]);

  return (
    <div
      ref={popup}
      popover="auto"
      className={styles.popup}
      onToggle={(event) => {
        if (event.newState !== 'closed') return;
        if (popup.current?.contains(document.activeElement) || document.activeElement === document.body)
          anchor?.focus();
        onClosed();
      }}
    >
      {children}
    </div>
  );
}

/** Below the anchor, or above it where there is more room; never out of the window. */
function place(element: HTMLElement, anchor: DOMRect): void {
  const margin = 8;
  const { width, height } = element.getBoundingClientRect();
  const fitsBelow = anchor.bottom + 4 + height + margin <= window.innerHeight;
  const top = fitsBelow ? anchor.bottom + 4 : Math.max(margin, anchor.top - 4 - height);
  element.style.top = `${top}px`;
  element.style.left = `${Math.max(margin, Math.min(anchor.left, window.innerWidth - width - margin))}px`;
}
