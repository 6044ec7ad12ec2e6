import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { COMMANDS } from '../../commands/index.ts';
import { createClock } from '../../src/domain/clock.ts';
import { LifeboatError, Permanent, Retryable } from '../../src/domain/errors.ts';
import type { CommandRequest, Requests } from '../../src/engine/ports.ts';
import { createLogger } from '../../src/log.ts';
import { createDispatcher, type Dispatcher, type IncomingRequest } from '../../src/usecases/dispatch.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import { APPROVER, type BotBench, BYSTANDER, createBotBench, REQUESTER } from '../support/bot.ts';

let bot: BotBench;
let replies: { request: CommandRequest; reply: Reply }[];
beforeEach(async () => {
  bot = await createBotBench();
  replies = [];
  listen(bot.dispatcher);
});
afterEach(() => bot.close());

function listen(dispatcher: Dispatcher): void {
  dispatcher.replyThrough('slack', async (request, reply) => void replies.push({ request, reply }));
}

function asked(text: string, change: Partial<IncomingRequest> = {}): IncomingRequest {
  return { id: 'trigger-1', source: 'slack', text, user: REQUESTER, channel: 'C0GENERAL', ...change };
}

/** Waits for everything that is being carried out, and takes no more. */
const settled = (dispatcher = bot.dispatcher) => dispatcher.close();

describe('a request', () => {
  test('is acknowledged, recorded, carried out, answered and finished', async () => {
    const { acknowledgement, accepted } = await bot.dispatcher.receive(
      asked('failover chatbot', { replyTo: 'https://r' }),
    );

    expect(accepted).toBe(true);
    expect(acknowledgement?.text).toMatch(/^Reading the live state of chatbot/);
    await settled();
    expect(replies).toHaveLength(1);
    expect(replies[0]?.reply).toMatchObject({ tone: 'done', text: expect.stringContaining('Plan INC-1.p1 waits') });
    expect(replies[0]?.request.replyTo).toBe('https://r');
    expect(await bot.store.requests.unfinished()).toEqual([]);
  });

  test('with an id that was seen before is one request', async () => {
    await bot.dispatcher.receive(asked('failover chatbot'));

    const second = await bot.dispatcher.receive(asked('failover chatbot'));

    expect(second.accepted).toBe(false);
    await settled();
    expect(bot.planned).toHaveLength(1);
  });

  test('that was acknowledged by a process which died is carried out by another, once', async () => {
    const request: CommandRequest = {
      id: 'trigger-9',
      source: 'slack',
      verb: 'failover',
      args: { system: 'chatbot' },
      user: REQUESTER,
      channel: 'C0GENERAL',
      at: Date.now() - 20_000,
    };
    await bot.store.requests.record(request);
    const other = bot.anotherDispatcher('bot-2');
    listen(other);

    await Promise.all([bot.dispatcher.resumeUnfinished(), other.resumeUnfinished()]);

    await Promise.all([settled(), settled(other)]);
    expect(bot.planned).toHaveLength(1);
    expect(replies.map(({ reply }) => reply.tone)).toEqual(['done']);
    expect(await bot.store.requests.unfinished()).toEqual([]);
  });

  test('that is too old to be meant still is not carried out, and the person is told', async () => {
    await bot.store.requests.record({
      id: 'trigger-9',
      source: 'slack',
      verb: 'approve',
      args: { plan: 'INC-1.p1' },
      user: APPROVER,
      channel: 'C0GENERAL',
      at: Date.now() - 31 * 60_000,
    });

    await bot.dispatcher.resumeUnfinished();

    await settled();
    expect(replies[0]?.reply).toMatchObject({ tone: 'failed', problem: { next: 'Ask again if you still mean it.' } });
    expect(await bot.store.requests.unfinished()).toEqual([]);
  });

  /** A dispatcher that records requests in this way. */
  const recordingBy = (record: Requests['record']) =>
    createDispatcher({
      store: { ...bot.store, requests: { ...bot.store.requests, record } },
      commands: COMMANDS,
      useCases: bot.useCases,
      access: bot.parts.access,
      systems: bot.parts.systems,
      clock: createClock(),
      holder: 'bot-3',
      logger: createLogger('silent'),
    });

  test('that cannot be recorded is answered so within a second, and never carried out', async () => {
    const dispatcher = recordingBy(() => new Promise(() => undefined));
    jest.useFakeTimers();
    const receiving = dispatcher.receive(asked('failover chatbot'));
    await jest.advanceTimersByTimeAsync(999);
    jest.useRealTimers();

    const { acknowledgement, accepted } = await receiving;

    expect(accepted).toBe(false);
    expect(acknowledgement).toMatchObject({
      tone: 'failed',
      problem: { notDone: 'No plan was made, and nothing was changed.' },
    });
    await dispatcher.close();
    expect(bot.planned).toEqual([]);
  });

  test('that is recorded only when Slack no longer waits is taken back', async () => {
    const { now } = performance;
    let elapsed = 0;
    const passing = jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + elapsed);
    const record: Requests['record'] = async (request) => {
      const recorded = await bot.store.requests.record(request);
      elapsed = 2600;
      return recorded;
    };
    const dispatcher = recordingBy(record);

    const { acknowledgement, accepted } = await dispatcher.receive(asked('failover chatbot'));
    passing.mockRestore();

    expect(accepted).toBe(false);
    expect(acknowledgement).toMatchObject({ tone: 'failed' });
    expect(await bot.store.requests.unfinished()).toEqual([]);
    await dispatcher.close();
    expect(bot.planned).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each([
    [
      'a mistyped verb',
      'failovr chatbot',
      REQUESTER,
      /Did you mean `\/dr failover chatbot`\? It would: declare an incident/,
    ],
    ['a verb that is nothing', 'xyzzy', REQUESTER, /There is no command “xyzzy”/],
    ['a mistyped system', 'failover chatbto', REQUESTER, /Did you mean chatbot\?/],
    ['a missing argument', 'failover', REQUESTER, /The system is missing\. Write `\/dr failover <system>/],
    ['a mistyped flag', 'failover chatbot --moed planned', REQUESTER, /Did you mean --mode\?/],
    ['a mode that is none', 'failover chatbot --mode now', REQUESTER, /--mode must be emergency or planned/],
    [
      'a person without the role',
      'failover chatbot',
      BYSTANDER,
      /You may not use `\/dr failover` for chatbot\. Ask <@U0REQUESTER>/,
    ],
    ['a person without the role anywhere', 'abort', REQUESTER, /You may not use `\/dr abort`\. Ask <@U0COMMANDER>/],
    ['an open quotation', 'failover chatbot --reason "we', REQUESTER, /The quotation mark in “"we” is not closed/],
    ['skipping without a reason', 'skip INC-1.r1 promote', 'U0COMMANDER', /--reason is missing/],
  ])('of %s comes at once, and nothing is recorded', async (_what, line, user, message) => {
    const { acknowledgement, accepted } = await bot.dispatcher.receive(asked(line, { user }));

    expect(acknowledgement?.tone).toBe('refused');
    expect(acknowledgement?.text).toMatch(message);
    expect(accepted).toBe(false);
    expect(await bot.store.requests.unfinished()).toEqual([]);
  });
});

test('a refusal of a button names what it does, since nobody has typed a command', async () => {
  const pressed = { ...asked('INC-1.r1 sign-in', { user: BYSTANDER }), verb: 'confirm' };

  const { acknowledgement } = await bot.dispatcher.receive(pressed);

  expect(acknowledgement?.text).toMatch(/^You may not answer yes to a step that asks a person\. Ask <@/);
});

test('a failover by a broken runbook is refused before anything is read, and says that nobody was paged', async () => {
  bot.parts.runbook = () => undefined;
  bot.parts.problems = () => ['runbooks/chatbot/region-failover.yaml:71:15: There is no action rds.promote-replca.'];

  const { acknowledgement, accepted } = await bot.dispatcher.receive(asked('failover chatbot', { user: REQUESTER }));

  expect(accepted).toBe(false);
  expect(acknowledgement?.tone).toBe('refused');
  expect(acknowledgement?.text).toMatch(
    /no usable runbook region-failover\. runbooks\/chatbot\/region-failover\.yaml:71:15: There is no action rds\.promote-replca\. No incident was declared and nobody was paged: page .+ by hand .* restart Lifeboat/,
  );
});

describe('an error while it is carried out', () => {
  test.each([
    [new Permanent('aws.denied', 'AWS refuses the credentials.'), 'AWS refuses the credentials.', /Mend what it names/],
    [new Retryable('aws.throttled', 'AWS asks to wait.'), 'AWS asks to wait.', /Try again in a moment\./],
    [new TypeError('x is not a function'), 'Something failed in Lifeboat that should not.', /Look at `\/dr status`/],
  ])(
    '%s is told in words, with what to do next, and an id only where it has to be reported',
    async (error, text, next) => {
      bot.plan(() => {
        throw error;
      });

      await bot.dispatcher.receive(asked('failover chatbot'));

      await settled();
      expect(replies[0]?.reply).toMatchObject({ tone: 'failed', text });
      expect(replies[0]?.reply.problem?.id).toBe(error instanceof LifeboatError ? undefined : 'trigger-1');
      expect(replies[0]?.reply.problem?.next).toMatch(next);
    },
  );
});

describe('help', () => {
  test.each([
    [
      REQUESTER,
      ['failover', 'run', 'status', 'reject', 'confirm', 'decline', 'answer', 'undo', 'acknowledge', 'resolve', 'help'],
    ],
    [
      APPROVER,
      [
        'failover',
        'run',
        'status',
        'approve',
        'reject',
        'confirm',
        'decline',
        'answer',
        'override',
        'undo',
        'acknowledge',
        'resolve',
        'help',
      ],
    ],
    [BYSTANDER, ['status', 'help']],
  ])('shows %s only what they may do', async (user, verbs) => {
    const { acknowledgement } = await bot.dispatcher.receive(asked('', { user }));

    const shown = acknowledgement?.lines?.map((line) => /^`\/dr (\w+)/.exec(line)?.[1]);
    expect(shown).toEqual(verbs);
  });
});
