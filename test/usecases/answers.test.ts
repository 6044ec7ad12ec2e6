// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Reply } from '../../src/usecases/reply.ts';
import { APPROVER, type BotBench, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { append, newestEvents, startRun, stateOf } from '../support/story-of-run.ts';

const OPTIONS = [
  { value: '2026-03-01T03:00:00Z', title: 'Five minutes before', sentence: 'Loses 5 min of writes.' },
  { value: 'dump', title: 'The dump of last night' },
];

const steps = [
  plannedStep('promote'),
  plannedStep('points', { effect: 'read', writes: [] }),
  plannedStep('point', {
    uses: 'manual.choose',
    effect: 'read',
    writes: [],
    with: { question: 'Which point of ${{ system.title }}?', options: '${{ steps.points.outputs.options }}' },
  }),
  plannedStep('since', {
    uses: 'manual.fill-in',
    effect: 'read',
    writes: [],
    with: { question: 'Since when?', example: '03:05', pattern: '\\d\\d:\\d\\d' },
  }),
  plannedStep('sign-in', { uses: 'manual.confirm', effect: 'read', writes: [], with: { question: 'Does it work?' } }),
];

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench();
  bot.plan((request) => planFor(request, { steps }));
  await startRun(bot);
  const started = (step: string) => ({
    type: 'step.started' as const,
    runId: 'INC-1.r1',
    step,
    attempt: 1,
    operationId: step,
  });
  await append(
    bot,
    started('points'),
    {
      type: 'step.succeeded',
      runId: 'INC-1.r1',
      step: 'points',
      attempt: 1,
      outputs: { options: OPTIONS },
      changes: [],
      exceptions: [],
    },
    started('point'),
    started('since'),
    started('sign-in'),
  );
});
afterEach(() => bot.close());

let count = 0;
async function typed(text: string, user = APPROVER): Promise<Reply | undefined> {
  const dispatcher = bot.anotherDispatcher(`answer-${++count}`);
  let reply: Reply | undefined;
  dispatcher.replyThrough('slack', async (_request, said) => {
    reply = said;
  });
  const { acknowledgement } = await dispatcher.receive({
    id: `answer-${count}`,
    source: 'slack',
    text,
    user,
    channel: 'C0GENERAL',
  });
  await dispatcher.close();
  return reply ?? acknowledgement;
}

const answerTo = async (step: string) => (await stateOf(bot)).run?.steps[step]?.answer;

describe('/dr answer', () => {
  test.each([
    ['point', 'answer INC-1.r1 point 2026-03-01T03:00:00Z', '2026-03-01T03:00:00Z'],
    ['point', 'answer INC-1 point DUMP', 'dump'],
    ['point', 'answer point The dump of last night', 'dump'],
    ['since', 'answer INC-1.r1 since 03:05', '03:05'],
    ['since', 'answer since 03:05', '03:05'],
  ])('records what was said to %s: %s', async (step, line, value) => {
    const reply = await typed(line);

    expect(reply).toMatchObject({ tone: 'done' });
    expect(await answerTo(step)).toEqual({ by: APPROVER, confirmed: true, value });
    expect(bot.woken).toContain('INC-1');
  });

  test.each([
    ['yes', true],
    ['no', false],
  ])('takes %s for a step that only asks that', async (word, confirmed) => {
    await typed(`answer sign-in ${word}`);

    expect(await answerTo('sign-in')).toMatchObject({ confirmed });
  });

  test.each([
    ['answer INC-1.r1 point dmup', /“dmup” is none of the answers to point\. Did you mean dump\?/],
    ['answer INC-1.r1 point something else', /There is 2026-03-01T03:00:00Z, dump\./],
    ['answer INC-1.r1 since yesterday', /“yesterday” is no answer to since\. Write it as in this example: 03:05\./],
    ['answer INC-1.r1 since', /The value is missing\. Write `\/dr answer/],
    ['answer INC-1.r1 sign-in perhaps', /sign-in asks for yes or no: `\/dr confirm INC-1\.r1 sign-in`/],
    ['answer INC-1.r1 promote now', /promote asks nobody anything/],
    ['confirm INC-1.r1 point', /point asks for more than yes: `\/dr answer INC-1\.r1 point 2026-03-01T03:00:00Z`/],
  ])('%s is refused in a sentence', async (line, sentence) => {
    const reply = await typed(line);

    expect(reply?.tone).toBe('refused');
    expect(reply?.text).toMatch(sentence);
    expect(await newestEvents(bot, 1)).toEqual(['step.started']);
  });

  test('is given once: a second person is told what the first one said', async () => {
    const replies = await Promise.all([typed('answer point dump'), typed('answer point dump', REQUESTER)]);

    expect(replies.map((reply) => reply?.tone).sort()).toEqual(['done', 'refused']);
    const refused = replies.find((reply) => reply?.tone === 'refused');
    expect(refused?.text).toMatch(/^<@U0\w+> already answered point with “dump”: the run goes on with that\./);
  });

  test('of the same person twice is one answer', async () => {
    await typed('answer point dump');

    expect(await typed('answer point Dump')).toMatchObject({ tone: 'refused' });
    expect(await typed('answer point dump')).toMatchObject({ tone: 'done' });
    expect((await newestEvents(bot, 2)).filter((type) => type === 'step.answered')).toHaveLength(1);
  });

  test('may say that nothing of it will do', async () => {
    await typed('decline INC-1.r1 point');

    expect(await answerTo('point')).toEqual({ by: APPROVER, confirmed: false });
  });
});

test('a question is read with what earlier steps have found out', async () => {
  const question = await bot.useCases.question({ runId: 'INC-1.r1', step: 'point' });

  expect(question).toMatchObject({ kind: 'choose', text: 'Which point of AI Chatbot?', options: OPTIONS });
});
