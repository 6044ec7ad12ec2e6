import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ControlEvent } from '../../../sandbox/control/wire.ts';

/** Somebody who watches `/events`, as a page does. */
export interface Watcher {
  /** Everything that was told but the regular pictures of the world, oldest first; it grows. */
  readonly events: ControlEvent[];
  /** Resolves with the events when there are so many. */
  told(count: number): Promise<ControlEvent[]>;
  close(): void;
}

/** Connects, and waits for what is told at first. `url` is that of the control API. */
export async function startWatcher(url: string): Promise<Watcher> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/events`);
  const events: ControlEvent[] = [];
  socket.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as ControlEvent;
    if (event.type !== 'world') events.push(event);
  });
  const told = async (count: number) => {
    while (events.length < count) await once(socket, 'message');
    return events;
  };
  await once(socket, 'open');
  await told(1);
  return { events, told, close: () => socket.terminate() };
}
