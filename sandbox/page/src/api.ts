import type { ClockRequest, MessageRequest, ResetRequest } from '../../control/wire.ts';
import type { Seen } from '../../slack/acts/seen.ts';
import type { StateValues } from '../../slack/state.ts';

/** What the sandbox refused, in its own sentence. */
export class Refusal extends Error {}

/** Everything the page can ask of the sandbox. Each throws Refusal with one sentence for whoever clicked. */
export const api = {
  command: (request: { as: string; channel: string; text: string }) => call<Seen>('POST', '/command', request),
  message: (request: MessageRequest) => call<object>('POST', '/message', request),
  click: (request: {
    as: string;
    channel: string;
    message: string;
    action: string;
    block?: string;
    value?: string;
    state?: StateValues;
  }) => call<Seen>('POST', '/click', request),
  view: (request: { as: string; values?: Record<string, Record<string, unknown>>; close?: boolean }) =>
    call<Seen>('POST', '/view', request),
  switchFault: (name: string, on: boolean) =>
    on ? call<object>('POST', '/fault', { name }) : call<object>('DELETE', `/fault?name=${encodeURIComponent(name)}`),
  answerPage: (request: { id: string; action: 'acknowledge' | 'resolve' }) => call<object>('POST', '/page', request),
  clock: (request: ClockRequest) => call<object>('POST', '/clock', request),
  reset: (request: ResetRequest) => call<object>('POST', '/reset', request),
};

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Refusal('The sandbox does not answer. Is npm start still running?');
  });
  const answer = (await response.json().catch(() => ({}))) as T & { error?: string };
  if (!response.ok) throw new Refusal(answer.error ?? `The sandbox answered with ${response.status}.`);
  return answer;
}
