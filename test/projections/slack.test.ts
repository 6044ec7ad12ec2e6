import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import type { Store } from '../../src/engine/ports.ts';
import { createSlackProjection } from '../../src/projections/slack.ts';
import { silent } from '../support/engine.ts';
import { approved, plannedStep, planWith, runStarted } from '../support/incident.ts';
import {
  clock,
  createFakeChat,
  createProjectionBench,
  dyingBefore,
  type FakeChat,
  type ProjectionBench,
} from './support.ts';

const planFailed = (planId: string, message: string) =>
  ({ type: 'plan.failed', planId, by: 'U0REQUESTER', error: { code: 'test', message } }) as const;

describe('Slack', () => {
  let bench: ProjectionBench;
  let chat: FakeChat;
  let incident: string;
  let elapsed: number;
  let incidents = 0;

  beforeAll(async () => {
    bench = await createProjectionBench();
    const base = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => base + elapsed);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await bench.close();
  });

  beforeEach(async () => {
    incidents += 1;
    elapsed = 0;
    chat = createFakeChat();
    incident = await bench.open(`slack-${incidents}`);
  });

  /** A process of its own: what it remembers dies with it. */
  const process = (store: Store = bench.store) => createSlackProjection({ store, chat, clock, logger: silent });
  /** One round, so long after the one before that nothing has to wait. */
  async function round(projection = process(), pause = 60_000): Promise<number | undefined> {
    elapsed += pause;
    return projection.project(await bench.state(incident));
  }
  const boards = () => chat.messages.filter(({ threadTs }) => threadTs === undefined);
  const threadTexts = () => chat.messages.filter(({ threadTs }) => threadTs !== undefined).map(({ text }) => text);
  const told = () =>
    threadTexts().flatMap((text) => [...text.matchAll(/reason (\d+) /g)].map((match) => Number(match[1])));
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
  const append = (count: number, word = 'words ') =>
    bench.append(incident, ...upTo(count).map((index) => planFailed(`p${index}`, `reason ${index} ${word}`)));

  describe('the board', () => {
    it('is posted once and updated afterwards', async () => {
      const projection = process();
      await round(projection);
      const planning = boards()[0]?.text;

      await append(1);
      await round(projection);

      expect(boards()).toHaveLength(1);
      expect(planning).toContain('Planning');
      expect(boards()[0]?.text).toContain('No plan could be made');
    });

    it('comes to rest with the plan card, however the two were sent in turn', async () => {
      const projection = process();
      await round(projection);
      await bench.append(
        incident,
        { type: 'plan.created', plan: planWith([plannedStep('promote')], { incident }) },
        approved,
        runStarted,
        { type: 'run.finished', runId: 'INC-1.r1', outcome: 'recovered', exceptions: [] },
      );

      // Half of the pause between two updates: the card is posted while the board still waits.
      const waits: (number | undefined)[] = [];
      for (let rounds = 0; rounds < 6; rounds += 1) waits.push(await round(projection, 1500));

      expect(waits[0]).toBeGreaterThan(0);
      expect(waits.at(-1)).toBeUndefined();
    });

    it('that was posted by a process which died before it wrote that down is found, not posted again', async () => {
      const dying = process(dyingBefore(bench.store, 'sent', 'slack/board'));

      await round(dying);
      await append(1);
      await round();

      expect(boards()).toHaveLength(1);
      expect(boards()[0]?.text).toContain('No plan could be made');
      expect(chat.calls).toContain('findByMetadata');
    });

    it('that somebody deleted is posted anew and lives on', async () => {
      const projection = process();
      await round(projection);
      chat.messages.length = 0;

      await append(1);
      await round(projection);
      await append(1, 'again ');
      await round(projection);

      expect(boards()).toHaveLength(1);
      expect(boards()[0]?.text).toContain('again');
    });

    it('that replaced a deleted one just before a crash is not posted a third time', async () => {
      await round();
      chat.messages.length = 0;
      await append(1);

      await round(process(dyingBefore(bench.store, 'sent', 'slack/board')));
      await round();

      expect(boards()).toHaveLength(1);
    });

    it('is posted where the channel cannot be searched', async () => {
      const searched = new Permanent('slack.channel-unknown', 'Slack has no public channel #incident-response.');
      chat.failing.post = [new Retryable('slack.unreachable', 'Slack does not answer.')];
      chat.failing.findByMetadata = [searched, searched];
      const projection = process();

      await round(projection);
      await round(projection);

      expect(boards()).toHaveLength(1);
    });

    it('waits as long as Slack asks, however often the journal changes', async () => {
      chat.failing.post = [new Retryable('slack.rate-limited', 'Wait.', { retryAfterMs: 20_000 })];
      const projection = process();

      const waits = [await round(projection), await round(projection, 0), await round(projection, 10_000)];
      const callsMeanwhile = chat.calls.length;
      await round(projection, 11_000);

      expect(callsMeanwhile).toBe(1);
      for (const wait of waits) expect(wait).toBeGreaterThan(0);
      expect(boards()).toHaveLength(1);
    });
  });

  describe('the thread', () => {
    it('tells all of what piled up, in order, once, in few posts within the limit', async () => {
      await round();
      await append(200, 'with <some> words & so on '.repeat(3));
      const projection = process();

      for (let rounds = 0; rounds < 30; rounds += 1) await round(projection, 3100);

      expect(told()).toEqual(upTo(200));
      expect(threadTexts().length).toBeLessThan(20);
      for (const text of threadTexts()) expect(text.length).toBeLessThanOrEqual(2800);
      for (const text of threadTexts()) expect(text).not.toMatch(/&(?!lt;|gt;|amp;)/);
    });

    it('posts at most once a second', async () => {
      const projection = process();
      await round(projection);
      await append(100, 'words '.repeat(20));

      await round(projection);
      await round(projection, 300);
      const soon = threadTexts().length;
      await round(projection, 1000);

      expect(soon).toBe(1);
      expect(threadTexts()).toHaveLength(2);
    });

    it.each(['sent', 'cursor'] as const)(
      'a crash between the post and writing it down (%s) repeats nothing',
      async (part) => {
        await round();
        await append(100, 'words '.repeat(10));
        const dying = dyingBefore(bench.store, part, part === 'sent' ? 'slack/thread' : 'slack-thread');

        await round(process(dying));
        const posted = threadTexts().length;
        const projection = process();
        for (let rounds = 0; rounds < 20; rounds += 1) await round(projection);

        expect(posted).toBe(1);
        expect(told()).toEqual(upTo(100));
      },
    );

    it('an entry longer than a post has one of its own, and nothing after it is lost', async () => {
      await round();
      await append(1, 'long & '.repeat(600));
      await append(3);
      const projection = process();

      for (let rounds = 0; rounds < 5; rounds += 1) await round(projection);

      expect(told()).toEqual([0, 0, 1, 2]);
    });

    it('waits as long as Slack asks', async () => {
      const projection = process();
      await round(projection);
      await append(1);
      chat.failing.post = [new Retryable('slack.rate-limited', 'Wait.', { retryAfterMs: 20_000 })];
      chat.calls.length = 0;

      await round(projection);
      await round(projection, 5000);
      await round(projection, 5000);
      const posts = chat.calls.filter((call) => call === 'post').length;
      await round(projection, 11_000);

      expect(posts).toBe(1);
      expect(threadTexts()).toHaveLength(1);
    });
  });
});
