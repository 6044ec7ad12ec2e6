import { useEffect, useState } from 'react';

/** Machine milliseconds for which a button says that its text was copied. */
const SAID_FOR = 2000;

export type CopyState = 'ready' | 'copied' | 'failed';

/** Copies text to the clipboard, and says for a moment how that went. */
export function useCopy(): [CopyState, (text: string) => Promise<boolean>] {
  const [state, setState] = useState<{ now: CopyState; at: number }>({ now: 'ready', at: 0 });
  useEffect(() => {
    if (state.now === 'ready') return;
    const timer = setTimeout(() => setState({ now: 'ready', at: 0 }), SAID_FOR);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (text: string): Promise<boolean> => {
    // A browser may refuse it: without permission, or where the page is not the one that has the focus.
    const done = await (navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'))).then(
      () => true,
      () => false,
    );
    setState({ now: done ? 'copied' : 'failed', at: performance.now() });
    return done;
  };
  return [state.now, copy];
}
