import { useEffect } from 'react';
import { useSession } from '../session.ts';
import type { Place } from './use-place.ts';

/** Brings the message that another part of the page wishes to be seen into sight, with the focus where one acts on it. */
export function useReveal({ list, settle }: Pick<Place, 'list' | 'settle'>, isChannel: boolean): void {
  const wish = useSession((state) => state.reveal);
  const thread = useSession((state) => state.thread);
  const half = useSession((state) => state.half);
  const setSession = useSession((state) => state.set);
  useEffect(() => {
    if (!wish || !isChannel || !list.current) return;
    if (list.current.clientHeight === 0) {
      // On a narrow screen a thread, or the world, stands over the channel.
      if (thread !== undefined || half !== 'chat') setSession({ thread: undefined, half: 'chat' });
      return;
    }
    const message = list.current.querySelector<HTMLElement>(`[data-ts="${CSS.escape(wish.ts)}"]`);
    setSession({ reveal: undefined });
    if (!message) return;
    const button = message.querySelector<HTMLElement>('[data-surface] button:not(:disabled)');
    // The first time, what is above may only have been estimated.
    for (let turn = 0; turn < 2; turn += 1) {
      // From its beginning: what is signed for stands above the button that signs.
      message.scrollIntoView({ block: 'start' });
      button?.scrollIntoView({ block: 'nearest' });
    }
    settle();
    (button ?? message).focus({ preventScroll: true });
  }, [wish, thread, half, isChannel, list, settle, setSession]);
}
