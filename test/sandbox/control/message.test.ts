import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Playground, startPlayground } from './world.ts';

let playground: Playground;

beforeEach(async () => {
  playground = await startPlayground();
});

afterEach(async () => {
  await playground.close();
});

async function post(body: object) {
  const response = await fetch(`${playground.control.url}/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('POST /message', () => {
  it('says something in a channel and in its thread, as a person', async () => {
    const first = await post({ as: 'requester', channel: 'general', text: 'Users see errors.' });
    const { ts } = first.body.message as { ts: string };

    const reply = await post({ as: 'U0APPROVER', channel: 'C0GENERAL', text: 'Looking.', threadTs: ts });

    expect(reply).toMatchObject({ status: 200, body: { message: { user: 'U0APPROVER', threadTs: ts } } });
    expect(playground.slack.workspace.messages('C0GENERAL').map(({ text }) => text)).toEqual([
      'Users see errors.',
      'Looking.',
    ]);
  });

  it.each([
    [{ as: 'requester', channel: 'general', text: ' ' }, 'There is nothing to send; write something first.'],
    [
      { as: 'requester', channel: 'D0APPROVER', text: 'psst' },
      'There is no channel "D0APPROVER"; there are #incident-response, #general.',
    ],
    [{ as: 'requester', channel: 'general' }, 'The request is not understood: text: '],
  ])('refuses %j in a sentence', async (body, sentence) => {
    const answer = await post(body);

    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(sentence);
  });
});
