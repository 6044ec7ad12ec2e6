import { jest } from '@jest/globals';
import { act, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ControlEvent, Snapshot } from '../../../sandbox/control/wire.ts';
import { Chat } from '../../../sandbox/page/src/chat/chat.tsx';
import { useDrafts } from '../../../sandbox/page/src/chat/drafts.ts';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { usePage } from '../../../sandbox/page/src/store.ts';
import type { Block, Ephemeral, Message, View } from '../../../sandbox/slack/state.ts';
import { APPROVER, CHANNEL, DETECTED, REQUESTER, snapshotWith } from '../store/snapshot.ts';

export const GENERAL = 'C0GENERAL';
export const LIFEBOAT = 'U0LIFEBOAT';

/** Of every element here: there is no layout. */
const HEIGHT = 500;

/** What the page asked of the sandbox: where, and with what. */
export interface Asked {
  path: string;
  body: Record<string, unknown>;
}

const first = { session: useSession.getState(), drafts: useDrafts.getState(), page: usePage.getState() };

/** The chat over a workspace, somebody who uses it, and a sandbox that answers "acknowledged" as long as it is told nothing else. */
export function openChat(change: Partial<Snapshot> = {}) {
  const asked: Asked[] = [];
  let answer: () => Promise<{ status?: number; body: object }> = async () => ({ body: { outcome: 'acknowledged' } });
  globalThis.fetch = (async (path: string, { body }: { body: string }) => {
    asked.push({ path, body: JSON.parse(body) });
    const { status = 200, body: told } = await answer();
    return new Response(JSON.stringify(told), { status });
  }) as typeof fetch;
  tell({ type: 'snapshot', snapshot: workspace(change) });
  const view = render(<Chat />);
  return {
    ...view,
    user: userEvent.setup(),
    asked,
    /** What the sandbox says from now on. */
    answers: (body: object, status = 200) => {
      answer = async () => ({ body, status });
    },
    /** The sandbox says nothing until the returned function is called. */
    waits: () => {
      let say: (body: object) => void = () => undefined;
      const said = new Promise<{ body: object }>((resolve) => {
        say = (body) => resolve({ body });
      });
      answer = () => said;
      return (body: object = { outcome: 'acknowledged' }) => act(async () => say(body));
    },
  };
}

/** Begins anew: nothing read, nothing typed, nobody chosen. For `beforeEach`. */
export function forgetEverything(): void {
  localStorage.clear();
  useSession.setState(first.session, true);
  useDrafts.setState(first.drafts, true);
  usePage.setState(first.page, true);
  jest.restoreAllMocks();
  jest.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(HEIGHT);
  jest.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(HEIGHT);
}

/** Tells the page what happened. */
export function tell(...events: ControlEvent[]): void {
  act(() => usePage.getState().receive(events));
}

export const says = (message: Message | Ephemeral) =>
  tell({ type: 'slack', change: 'to' in message ? { type: 'ephemeral', message } : { type: 'message', message } });
export const changes = (message: Message) => tell({ type: 'slack', change: { type: 'message-changed', message } });
export const opens = (...views: View[]) =>
  tell({ type: 'slack', change: { type: 'views', user: REQUESTER.id, views } });

/** `ts` of a message so many seconds after the trouble began. */
export function ts(seconds: number): string {
  return (DETECTED / 1000 + seconds).toFixed(6);
}

/** Something that the approver said in the incident channel, or whatever else is asked for. */
export function message(seconds: number, change: Partial<Message> = {}): Message {
  return { ts: ts(seconds), channel: CHANNEL, user: APPROVER.id, text: `said after ${seconds} s`, ...change };
}

export function whisper(seconds: number, to: string, change: Partial<Message> = {}): Ephemeral {
  return { ...message(seconds, { user: LIFEBOAT, ...change }), to };
}

export function dialog(id: string, blocks: Block[], change: Partial<View> = {}): View {
  return {
    id,
    type: 'modal',
    callbackId: 'dr',
    title: { type: 'plain_text', text: 'Skip a step' },
    submit: { type: 'plain_text', text: 'Skip it' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks,
    privateMetadata: '',
    externalId: '',
    clearOnClose: false,
    notifyOnClose: false,
    rootViewId: id,
    hash: id,
    ...change,
  };
}

export const composer = (name = 'Message #incident-response') =>
  screen.getByRole<HTMLTextAreaElement>('combobox', { name });
export const channel = (name = '#incident-response') => within(screen.getByRole('region', { name }));
/** What is said in the open channel; beside it, the newest is said once more to those who do not see it. */
export const said = () => within(screen.getByRole('log', { name: /^(Messages in|Direct messages)/ }));
export const conversations = () => within(screen.getByRole('navigation', { name: 'Conversations' }));
export const person = (name: RegExp) => screen.getByRole<HTMLInputElement>('radio', { name });

/** The incident channel with one message of the approver, and the other conversations. */
function workspace(change: Partial<Snapshot>): Snapshot {
  const healthy = snapshotWith();
  return {
    ...healthy,
    channels: [
      { id: CHANNEL, name: 'incident-response' },
      { id: GENERAL, name: 'general' },
      ...healthy.people.map(({ id }) => ({ id: `D${id.slice(1)}`, name: 'directmessage', directTo: id })),
    ],
    messages: { [CHANNEL]: [message(1, { text: 'Users see errors' })], [GENERAL]: [] },
    commands: [
      { verb: 'failover', usage: 'failover <system> [--to region] [--reason "…"]', summary: 'Move a system' },
      { verb: 'status', usage: 'status [incident|system]', summary: 'Show what is going on' },
      { verb: 'skip', usage: 'skip <run> <step> --reason "…"', summary: 'Leave a failed step behind' },
    ],
    ...change,
  };
}
