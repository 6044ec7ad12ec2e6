import type { ControlEvent } from '../../control/wire.ts';
import { usePage } from './store.ts';

/** Milliseconds between two attempts to reach a sandbox that does not answer. */
const RETRY = 1000;

/** Opens the one WebSocket that feeds the store, and opens it again whenever it is lost. */
export function connect(): void {
  const address = new URL('/events', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  let waiting: ControlEvent[] = [];
  // What arrives within one frame is drawn at once: a run makes dozens of calls a second.
  const deliver = () => {
    const events = waiting;
    waiting = [];
    usePage.getState().receive(events);
  };
  socket.addEventListener('message', ({ data }) => {
    if (waiting.length === 0) schedule(deliver);
    waiting.push(JSON.parse(String(data)) as ControlEvent);
  });
  socket.addEventListener('close', () => {
    usePage.getState().setConnection('lost');
    setTimeout(connect, RETRY);
  });
}

/** Before the next frame; in a hidden tab, which draws none, soon. */
function schedule(work: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(work);
  else setTimeout(work, 100);
}
