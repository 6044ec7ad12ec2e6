import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ControlEvent, Snapshot } from '../control/wire.ts';
import type { Seen } from '../slack/acts/seen.ts';

/** A refusal of the control API: one sentence for whoever is typing. */
class ControlRefusal extends Error {}

/** The control API as functions. Each throws ControlRefusal with the sandbox's own sentence. */
export interface ControlClient {
  state(): Promise<Snapshot>;
  command(as: string, text: string): Promise<Seen>;
  click(request: {
    as: string;
    message: string;
    channel: string;
    action: string;
    block: string;
    value?: string;
  }): Promise<Seen>;
  view(request: { as: string; values?: Record<string, Record<string, string>>; close?: boolean }): Promise<Seen>;
  fault(name: string, on: boolean): Promise<void>;
  allFaultsOff(): Promise<void>;
  close(): void;
}

export async function connectControl(
  url: string,
  { onEvent, onEnd }: { onEvent: (event: ControlEvent) => void; onEnd: () => void },
): Promise<ControlClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/events`);
  socket.on('message', (data) => {
    const event: ControlEvent = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    onEvent(event);
  });
  await once(socket, 'open');
  socket.on('close', onEnd);
  socket.on('error', () => socket.terminate());

  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new ControlRefusal(answer.error ?? `The sandbox answered ${response.status}.`);
    return answer;
  }

  return {
    state: () => call('GET', '/state'),
    command: (as, text) => call('POST', '/command', { as, text }),
    click: (request) => call('POST', '/click', request),
    view: (request) => call('POST', '/view', request),
    async fault(name, on) {
      if (on) await call('POST', '/fault', { name });
      else await call('DELETE', `/fault?name=${encodeURIComponent(name)}`);
    },
    async allFaultsOff() {
      await call('DELETE', '/fault');
    },
    close() {
      socket.off('close', onEnd);
      socket.close();
    },
  };
}
