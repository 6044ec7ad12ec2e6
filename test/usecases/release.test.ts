import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventOf } from '../../src/domain/events.ts';
import { APPROVER, access, type BotBench, COMMANDER, createBotBench } from '../support/bot.ts';
import { finishRun, newestEvents, startRun, stateOf } from '../support/story-of-run.ts';

const OTHER = 'U0OTHER';
const SUBJECTS = { unfenced: 'chatbot-prod in us-east-1', unprotected: 'chatbot-replica in us-west-2' };

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench({ access: { chatbot: { ...access.chatbot, command: [COMMANDER, OTHER] } as never } });
  await startRun(bot);
});
afterEach(() => bot.close());

async function watching(...kinds: EventOf<'watch.started'>['kind'][]): Promise<void> {
  const watches = kinds.map((kind) => `INC-1.r1/${kind}`);
  await bot.store.journal.decide('INC-1', Date.now(), () => ({
    events: kinds.map((kind) => ({
      type: 'watch.started',
      watch: `INC-1.r1/${kind}`,
      runId: 'INC-1.r1',
      step: 'promote',
      kind,
      subject: SUBJECTS[kind],
    })),
    watch: watches,
  }));
}
const release = (target = 'INC-1', user = COMMANDER) =>
  bot.useCases.release({ target, user, reason: 'instance deleted' });

describe('a watch', () => {
  test('is released by its incident, also when that is resolved, and looked at no more', async () => {
    await watching('unfenced');
    await finishRun(bot);
    await bot.useCases.resolve({ user: COMMANDER });

    await expect(release()).resolves.toEqual({ id: 'INC-1.r1/unfenced', subject: 'chatbot-prod in us-east-1' });

    expect((await stateOf(bot)).watches).toMatchObject([
      { status: 'released', released: { by: COMMANDER, reason: 'instance deleted' } },
    ]);
    expect(await bot.store.journal.watches()).toEqual([]);
  });

  test('released twice by the same click is released once; the next person is told by whom', async () => {
    await watching('unfenced');
    await release();

    await release();
    await expect(release('INC-1.r1/unfenced', OTHER)).rejects.toThrow('<@U0COMMANDER> already released');

    expect(await newestEvents(bot, 2)).toEqual(['watch.started', 'watch.released']);
  });

  test('is released once by two people at the same instant', async () => {
    await watching('unfenced');

    const clicks = [COMMANDER, OTHER].map((user) => release('INC-1.r1/unfenced', user));
    const results = await Promise.allSettled(clicks);

    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('of several has to be named', async () => {
    await watching('unfenced', 'unprotected');

    await expect(release()).rejects.toThrow(
      'INC-1 watches INC-1.r1/unfenced (chatbot-prod in us-east-1), INC-1.r1/unprotected (chatbot-replica in us-west-2). Name the one you mean',
    );
    await expect(release('INC-1.r1/unprotected')).resolves.toMatchObject({ id: 'INC-1.r1/unprotected' });

    expect(await bot.store.journal.watches()).toMatchObject([{ watch: 'INC-1.r1/unfenced' }]);
  });

  test.each([
    ['by an approver', 'INC-1', APPROVER, /Ask <@U0COMMANDER> or <@U0OTHER>/],
    ['under a mistyped name', 'INC-1.r1/unfence', COMMANDER, /Did you mean INC-1\.r1\/unfenced\?/],
    ['of an incident that there is not', 'INC-7', COMMANDER, /There is no incident INC-7\. Open: INC-1\./],
  ])('is not released %s', async (_how, target, user, message) => {
    await watching('unfenced');

    await expect(release(target, user)).rejects.toThrow(message);

    expect(await bot.store.journal.watches()).toHaveLength(1);
  });

  test('that has ended by itself, or that there is not, says so', async () => {
    await expect(release()).rejects.toThrow('INC-1 watches nothing');
    await watching('unprotected');
    await bot.store.journal.decide('INC-1', Date.now(), () => ({
      events: [{ type: 'watch.cleared', watch: 'INC-1.r1/unprotected', sentence: 'There is a replica again.' }],
      unwatch: ['INC-1.r1/unprotected'],
    }));

    await expect(release('INC-1.r1/unprotected')).rejects.toThrow(
      /so nobody has to release it: There is a replica again\. What is still watched: `\/dr status INC-1`\./,
    );
  });
});
