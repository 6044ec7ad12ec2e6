import { type RefObject, useEffect, useEffectEvent } from 'react';
import { useSession } from '../../session.ts';

/** Takes over the text that another part of the page wishes to stand in the channel's composer. */
export function useComposeWish(
  field: RefObject<HTMLTextAreaElement | null>,
  isChannel: boolean,
  put: (text: string) => void,
): void {
  const wish = useSession((state) => state.compose);
  const thread = useSession((state) => state.thread);
  const half = useSession((state) => state.half);
  const setSession = useSession((state) => state.set);
  const takeOver = useEffectEvent(put);
  useEffect(() => {
    if (!wish || !isChannel || !field.current) return;
    if (field.current.clientHeight === 0) {
      // On a narrow screen a thread, or the world, stands over the channel.
      if (thread !== undefined || half !== 'chat') setSession({ thread: undefined, half: 'chat' });
      return;
    }
    setSession({ compose: undefined });
    takeOver(wish.text);
    field.current.focus();
  }, [wish, thread, half, isChannel, field, setSession]);
}
