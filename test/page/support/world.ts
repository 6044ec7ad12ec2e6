import { act } from '@testing-library/react';
import type { ControlEvent, Snapshot } from '../../../sandbox/control/wire.ts';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { usePage } from '../../../sandbox/page/src/store.ts';
import { snapshotWith } from '../store/snapshot.ts';

// happy-dom has no popovers: here they are shown as soon as they are drawn, and closed by whoever drew them.
HTMLElement.prototype.showPopover ??= () => undefined;
HTMLElement.prototype.hidePopover ??= () => undefined;

const firstSession = useSession.getState();

/** Everything the page asked, in order, as `POST /fault {"name":"region-down:us-east-1"}`; it grows. */
export interface Asked {
  requests: string[];
  /** From now on every request is refused with this sentence; undefined: it is granted. */
  refuseWith(sentence: string | undefined): void;
  /** From now on requests wait for `answer()`. */
  hold(): void;
  /** Answers what waits. */
  answer(): Promise<void>;
}

/** A page of its own before this world, in which requests are answered by the test. Call it before each `render`. */
export function stage(change: Partial<Snapshot> = {}): Asked {
  localStorage.clear();
  useSession.setState(firstSession, true);
  usePage.setState({ connection: 'open', snapshot: snapshotWith(change), clockReceivedAt: performance.now() });
  const requests: string[] = [];
  let refusal: string | undefined;
  let isHeld = false;
  let waiting: (() => void)[] = [];
  // The page asks by address alone.
  globalThis.fetch = async (path, { method = 'GET', body } = {}) => {
    requests.push(`${method} ${path as string}${typeof body === 'string' ? ` ${body}` : ''}`);
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
    return refusal === undefined ? Response.json({}) : Response.json({ error: refusal }, { status: 400 });
  };
  return {
    requests,
    refuseWith: (sentence) => {
      refusal = sentence;
    },
    hold: () => {
      isHeld = true;
    },
    answer: async () => {
      const held = waiting;
      waiting = [];
      isHeld = false;
      await act(async () => {
        for (const resolve of held) resolve();
      });
    },
  };
}

/** The sandbox tells the page something, as its WebSocket does. */
export function tell(...events: ControlEvent[]): void {
  act(() => usePage.getState().receive(events));
}

/** Another snapshot with these changes to the one that is shown, as after a reconnection. */
export function become(change: Partial<Snapshot>): void {
  const { snapshot } = usePage.getState();
  if (!snapshot) throw new Error('nothing is on stage');
  tell({ type: 'snapshot', snapshot: { ...snapshot, ...change } });
}
