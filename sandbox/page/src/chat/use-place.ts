import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Pixels from the end within which somebody reads the newest. */
const NEAR_THE_END = 32;

export interface Place {
  /** For the element that scrolls. */
  list: RefObject<HTMLDivElement | null>;
  /** For its one child, which grows. */
  content: RefObject<HTMLDivElement | null>;
  /** True while the newest message is in sight, on a page that is looked at. */
  follows: boolean;
  toEnd(): void;
  /** Takes the place where the list stands now as the one to keep: something else scrolled it. */
  settle(): void;
}

/**
 * Keeps the reader's place in a list that grows and changes: at the end one stays at the end, elsewhere nothing moves
 * (the browser anchors what is in sight). Begins at the end, anew for each `conversation`.
 */
export function usePlace(conversation: string): Place {
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const place = useRef({ isAtEnd: true, height: 0, room: 0 });
  const [follows, setFollows] = useState(false);

  const look = useCallback(() => {
    const element = list.current;
    const isSeen = element !== null && element.clientHeight > 0 && document.visibilityState === 'visible';
    setFollows(isSeen && place.current.isAtEnd);
  }, []);

  const settle = useCallback(() => {
    const element = list.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
    place.current = { isAtEnd, height: scrollHeight, room: clientHeight };
    look();
  }, [look]);

  const toEnd = useCallback(() => {
    const element = list.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    place.current = { isAtEnd: true, height: element.scrollHeight, room: element.clientHeight };
    look();
  }, [look]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation begins at its own end.
  useLayoutEffect(toEnd, [conversation, toEnd]);

  useEffect(() => {
    const element = list.current;
    const inside = content.current;
    if (!element || !inside) return;
    const onScroll = () => {
      // Only a person's own scrolling leaves the end; where something grew as well, onResize comes next.
      const { height, room } = place.current;
      if (element.scrollHeight === height && element.clientHeight === room) settle();
    };
    const onResize = () => {
      if (place.current.isAtEnd) toEnd();
      else settle();
    };
    const sizes = new ResizeObserver(onResize);
    sizes.observe(element);
    sizes.observe(inside);
    element.addEventListener('scroll', onScroll, { passive: true });
    document.addEventListener('visibilitychange', look);
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', onScroll);
      document.removeEventListener('visibilitychange', look);
    };
  }, [look, settle, toEnd]);

  return { list, content, follows, toEnd, settle };
}
