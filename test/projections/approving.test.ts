import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Permanent } from '../../src/domain/errors.ts';
import { type ChangeHub, createChangeHub } from '../../src/engine/change-hub.ts';
import { startProjection } from '../../src/projections/runner.ts';
import { createSlackProjection } from '../../src/projections/slack.ts';
import { APPROVER, type BotBench, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { silent } from '../support/engine.ts';
import { clock, createFakeChat, type FakeChat } from './support.ts';

let bot: BotBench;
let changes: ChangeHub;
let chat: FakeChat;
let projection: { close(): Promise<void> };
beforeEach(async () => {
  bot = await createBotBench();
  changes = await createChangeHub(bot.store.journal);
  chat = createFakeChat();
  projection = project();
});
afterEach(async () => {
  await projection.close();
  await changes.close();
  await bot.close();
});

/** A process of its own: it does not know when the card was last updated. */
function project() {
  const { store } = bot;
  return startProjection({
    projection: createSlackProjection({ store, chat, clock, logger: silent }),
    store,
    changes,
    holder: randomUUID(),
    incidents: [],
    logger: silent,
  });
}

const card = () => chat.messages.find(({ metadata }) => metadata?.key === 'slack/plan/INC-1.p1');
const hasButtons = () => JSON.stringify(card()?.blocks).includes('dr:approve');

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within 30 s; the card says: ${card()?.text}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('the card shows who approves while that is looked into, without buttons, and then why nothing came of it', async () => {
  await bot.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' });
  await until(() => card() !== undefined);
  // People read a plan for longer than the three seconds that have to pass between two updates.
  await projection.close();
  projection = project();
  let answer: (error?: Error) => void = () => undefined;
  bot.plan(
    (request) =>
      new Promise((resolve, reject) => {
        answer = (error) => (error ? reject(error) : resolve(planFor(request)));
      }),
  );

  const approving = bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
  await until(() => card()?.text.includes(`<@${APPROVER}> is approving`) === true);
  const buttonsMeanwhile = hasButtons();
  answer(new Permanent('aws.denied', 'AWS refuses the credentials.'));
  await expect(approving).rejects.toThrow('AWS refuses');
  await until(() => card()?.text.includes('AWS refuses the credentials.') === true);

  expect(buttonsMeanwhile).toBe(false);
  expect(hasButtons()).toBe(true);
});
