import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hasRecovered } from '../../src/domain/recovery.ts';
import type { RunbookSummary } from '../../src/usecases/dependencies.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import {
  APPROVER,
  type BotBench,
  BYSTANDER,
  createBotBench,
  planFor,
  REQUESTER,
  regionFailover,
} from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';

const RUNBOOKS: Record<string, RunbookSummary> = {
  'region-failover': regionFailover,
  'database-failure': {
    title: 'Database failure',
    severity: 'P1',
    mode: ['planned', 'emergency'],
    params: {
      wait: { type: 'duration', default: '3m' },
      force: { type: 'bool', default: false },
      target: { type: 'string', default: '' },
    },
  },
  look: { title: 'How the service is', severity: 'P2', mode: ['emergency'], params: {}, readOnly: true },
};

let bot: BotBench;
let replies: Reply[];
beforeEach(async () => {
  bot = await createBotBench({
    runbook: (_system, name) => RUNBOOKS[name],
    runbooks: () => Object.keys(RUNBOOKS),
  });
  bot.plan((request) =>
    planFor(request, request.runbook === 'look' ? { steps: [plannedStep('see', { effect: 'read', writes: [] })] } : {}),
  );
  replies = [];
});
afterEach(() => bot.close());

let count = 0;
async function typed(text: string, user = REQUESTER): Promise<Reply | undefined> {
  const dispatcher = bot.anotherDispatcher(`bot-${++count}`);
  dispatcher.replyThrough('slack', async (_request, reply) => void replies.push(reply));
  const { acknowledgement, accepted } = await dispatcher.receive({
    id: `trigger-${count}`,
    source: 'slack',
    text,
    user,
    channel: 'C0GENERAL',
  });
  await dispatcher.close();
  return accepted ? replies.at(-1) : acknowledgement;
}

const incident = async () => bot.store.journal.state('INC-1');

describe('/dr run', () => {
  test('plans any runbook with its parameters, in the first mode that it has', async () => {
    const reply = await typed('run chatbot/database-failure wait=10m force=true target="a b" --reason "as told"');

    expect(reply?.text).toMatch(/^Plan INC-1\.p1 waits for approval by a second person\. INC-1 is declared\./);
    expect(bot.planned).toMatchObject([
      {
        runbook: 'database-failure',
        mode: 'planned',
        params: { wait: '10m', force: 'true', target: 'a b' },
        reason: 'as told',
      },
    ]);
    expect(await incident()).toMatchObject({ title: 'AI Chatbot: Database failure', severity: 'P1', status: 'open' });
    expect((await incident())?.tiers).toHaveLength(4);
  });

  test('joins the open incident of the system, whatever opened it', async () => {
    await typed('run chatbot/database-failure');

    await typed('failover chatbot', APPROVER);

    expect((await incident())?.plans.map(({ plan, status }) => [plan.runbook, status])).toEqual([
      ['database-failure', 'voided'],
      ['region-failover', 'awaiting approval'],
    ]);
  });

  test('is the same as failover for region-failover', async () => {
    await typed('run chatbot/region-failover to=us-west-2');

    const same = await typed('failover chatbot --to us-west-2', APPROVER);

    expect(same?.text).toMatch(/^Plan INC-1\.p1, which <@U0REQUESTER> asked for, is the same and waits/);
    expect(bot.planned).toHaveLength(1);
  });

  test('lists the runbooks of a system', async () => {
    const reply = await typed('run chatbot');

    expect(reply?.text).toBe('The runbooks of chatbot:');
    expect(reply?.lines).toEqual([
      '`/dr run chatbot/region-failover [to=…]`  P0, Primary region failure (emergency or planned)',
      '`/dr run chatbot/database-failure [wait=…] [force=…] [target=…]`  P1, Database failure (planned or emergency)',
      '`/dr run chatbot/look`  P2, How the service is: it only looks',
    ]);
    expect(await incident()).toBeUndefined();
  });

  test.each([
    ['run', /The runbook is missing\. Write `\/dr run/],
    ['run chatbto/look', /There is no system “chatbto”\. Did you mean chatbot\?/],
    ['run chatbot/lok', /chatbot has no runbook “lok”\. Did you mean chatbot\/look\? No incident was declared/],
    ['run chatbot/nothing-like-it', /It has region-failover, database-failure, look\./],
    ['run chatbot/look/twice', /must be a system and its runbook/],
    ['run chatbot/look --mode planned', /chatbot\/look has no planned mode\. It has emergency\./],
    [
      'run chatbot/database-failure reason="a drill"',
      /"Database failure" has no parameter reason\. With \/dr run, write --reason and its value\./,
    ],
    ['run chatbot/database-failure wiat=1m', /"Database failure" has no parameter wiat\. Did you mean wait\?/],
    ['run chatbot/database-failure wait=soon', /The parameter wait must be a duration such as 45s or 10m, not "soon"/],
    ['run chatbot/database-failure wait=1m wait=2m', /“wait” is given twice/],
    ['run chatbot/database-failure now', /I do not know what to do with “now”/],
    ['run chatbot/region-failover to=eu-central-1', /chatbot is not prepared for eu-central-1|must be a region/],
  ])('%s is refused in a sentence, and nobody is paged', async (line, sentence) => {
    const reply = await typed(line);

    expect(reply?.tone).toBe('refused');
    expect(reply?.text).toMatch(sentence);
    expect(await incident()).toBeUndefined();
  });

  test('is refused for who may not start anything', async () => {
    expect((await typed('run chatbot/look', BYSTANDER))?.text).toMatch(/You may not use `\/dr run`.* Ask <@/);
  });
});

describe('a runbook that only looks', () => {
  test('begins at once, locks nothing and pages nobody', async () => {
    const reply = await typed('run chatbot/look');

    expect(reply?.text).toMatch(/^INC-1\.r1 looks, and changes nothing, so it has begun without an approval\./);
    const state = await incident();
    expect(state).toMatchObject({ quiet: true, tiers: [], run: { id: 'INC-1.r1', status: 'running', locks: [] } });
    expect(bot.woken).toEqual(['INC-1']);
  });

  test('is joined by what changes something, and then people are paged', async () => {
    await typed('run chatbot/look');
    const { run } = (await incident()) ?? {};
    await bot.store.journal.decide('INC-1', bot.parts.clock.now(), () => ({
      events: [{ type: 'run.finished', runId: run?.id ?? '', outcome: 'finished', exceptions: [] }],
    }));

    await typed('run chatbot/database-failure');

    const state = await incident();
    expect(state).toMatchObject({ title: 'AI Chatbot: Database failure', severity: 'P1' });
    expect(state).not.toHaveProperty('quiet');
    expect(state?.tiers).toHaveLength(4);
    expect(state?.plans.at(-1)).toMatchObject({ status: 'awaiting approval' });
  });
});

test('what only looks after a recovery takes neither the recovery nor its cool-down away', async () => {
  await typed('run chatbot/database-failure');
  await bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
  await bot.store.journal.decide('INC-1', bot.parts.clock.now(), () => ({
    events: [{ type: 'run.finished', runId: 'INC-1.r1', outcome: 'recovered', exceptions: [] }],
    unlock: 'INC-1.r1',
  }));

  await typed('run chatbot/look');

  const state = await incident();
  expect(state).toMatchObject({ run: { id: 'INC-1.r2', status: 'running' }, changedBefore: { id: 'INC-1.r1' } });
  expect(state && hasRecovered(state)).toBe(true);
  const { lines } = (await typed('status INC-1')) ?? {};
  expect(lines?.join('\n')).toContain('are held back until');
});
