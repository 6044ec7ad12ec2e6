import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { createPagingProjection } from '../../src/projections/paging.ts';
import { silent } from '../support/engine.ts';
import { chatbot, plannedStep, planWith } from '../support/incident.ts';
import {
  clock,
  createFakePagerDuty,
  createProjectionBench,
  dyingBefore,
  type FakePagerDuty,
  type ProjectionBench,
} from './support.ts';

const reached = (tier: number): IncidentEvent => ({
  type: 'escalation.reached',
  tier,
  action: 'Page',
  contact: 'SRE rotation',
});
const resolved: IncidentEvent = { type: 'incident.resolved', by: 'U0COMMANDER' };
const down = () => new Retryable('pagerduty.unreachable', 'PagerDuty did not answer; the page is sent again.');

describe('paging', () => {
  let bench: ProjectionBench;
  let events: FakePagerDuty;
  let system: string;
  let systems = 0;
  let elapsed = 0;

  beforeAll(async () => {
    bench = await createProjectionBench();
    // Machine time stands still but for what `later` says.
    const base = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => base + elapsed);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await bench.close();
  });

  beforeEach(() => {
    systems += 1;
    system = `system-${systems}`;
    events = createFakePagerDuty(down);
  });

  /** A process of its own: what it remembers dies with it. */
  const process = (store = bench.store) =>
    createPagingProjection({
      store,
      events,
      systems: { [system]: chatbot },
      secret: (name) => `key of ${name}`,
      clock,
      logger: silent,
    });
  /** One round of a process. */
  const round = async (incident: string, projection = process()) => projection.project(await bench.state(incident));
  /** What has run when `work` is done, as if machine time stood this much later. */
  async function later<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
    elapsed = milliseconds;
    try {
      return await work();
    } finally {
      elapsed = 0;
    }
  }
  const sent = () => events.received.map(({ action, dedupKey }) => `${action} ${dedupKey.split('/').at(-1)}`);

  it('pages each tier that was reached, once, and ends its alert', async () => {
    const incident = await bench.open(system, reached(1), reached(2));

    await round(incident);
    await round(incident);
    await bench.append(incident, resolved);
    await round(incident);
    await round(incident);

    expect(sent().sort()).toEqual(['resolve 1', 'resolve 2', 'trigger 1', 'trigger 2']);
    expect(await bench.journalled(incident, 'page.accepted')).toBe(2);
    expect(await bench.store.deliveries.unfinished()).not.toContain(incident);
  });

  it('a page accepted just before a crash is sent again under the same key, and journalled once', async () => {
    const incident = await bench.open(system, reached(1));
    const { journal } = bench.store;
    const dies = async () => Promise.reject(new Error('the process died'));
    const dying = process({ ...bench.store, journal: { ...journal, decide: dies } });

    await expect(round(incident, dying)).rejects.toThrow('the process died');
    await round(incident);
    await round(incident);

    expect(sent()).toEqual(['trigger 1', 'trigger 1']);
    expect(new Set(events.received.map(({ dedupKey }) => dedupKey)).size).toBe(1);
    expect(await bench.journalled(incident, 'page.accepted')).toBe(1);
  });

  it('a page that was journalled just before a crash is not sent again', async () => {
    const incident = await bench.open(system, reached(1));

    await expect(round(incident, process(dyingBefore(bench.store, 'sent', 'pagerduty/')))).rejects.toThrow('died');
    await round(incident);

    expect(sent()).toEqual(['trigger 1']);
    expect(await bench.store.deliveries.unfinished()).not.toContain(incident);
  });

  it('while PagerDuty is down it tells people once, and pages when it is back', async () => {
    const incident = await bench.open(system, reached(1));
    const projection = process();
    events.failing.push(down(), down());

    const first = await round(incident, projection);
    const second = await later(1100, () => round(incident, projection));
    const third = await later(5000, () => round(incident, projection));

    expect([first, second, third]).toEqual([1000, 2000, undefined]);
    expect(sent()).toEqual(['trigger 1']);
    expect(await bench.journalled(incident, 'page.failed')).toBe(1);
    expect(await bench.journalled(incident, 'page.accepted')).toBe(1);
  });

  it.each([
    ['is down', down(), 1000],
    ['throttles', new Retryable('pagerduty.throttled', 'Later.', { retryAfterMs: 37_000 }), 37_000],
    ['refuses the key', new Permanent('pagerduty.refused', 'Check the routing key.'), 30_000],
  ])('changes of the journal do not make it try sooner when PagerDuty %s', async (_case, error, pause) => {
    const incident = await bench.open(system, reached(1));
    const projection = process();
    events.failing.push(error);

    await round(incident, projection);
    const waits = [await round(incident, projection), await later(pause - 500, () => round(incident, projection))];

    expect(sent()).toEqual([]);
    for (const wait of waits) expect(wait).toBeGreaterThan(0);
    expect(waits[0]).toBeLessThanOrEqual(pause);
    await later(pause + 500, () => round(incident, projection));
    expect(sent()).toEqual(['trigger 1']);
  });

  it('ends the alert of a page whose answer was lost', async () => {
    const incident = await bench.open(system, reached(1));
    events.failing.push('lost');

    await round(incident);
    await bench.append(incident, resolved);
    await round(incident);

    expect(sent()).toEqual(['trigger 1', 'resolve 1']);
    expect(new Set(events.received.map(({ dedupKey }) => dedupKey)).size).toBe(1);
    expect(await bench.store.deliveries.unfinished()).not.toContain(incident);
  });

  it('pages nobody any more once the run has recovered or the incident is resolved', async () => {
    const recovered = await bench.open(system, reached(1));
    const projection = process();
    events.failing.push(down());
    await round(recovered, projection);
    const plan = { ...planWith([plannedStep('a')]), id: `${recovered}.p1`, incident: recovered };
    await bench.append(
      recovered,
      { type: 'plan.created', plan },
      { type: 'run.started', runId: `${recovered}.r1`, planId: plan.id, locks: [] },
      { type: 'run.finished', runId: `${recovered}.r1`, outcome: 'recovered', exceptions: [] },
    );
    const resolvedAtOnce = await bench.open(`${system}-b`, reached(1), resolved);

    const wait = await later(60_000, () => round(recovered, projection));
    await round(resolvedAtOnce, projection);

    expect(wait).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  describe('of a watch', () => {
    const watch = 'INC-1.r1/unfenced';
    const begun: IncidentEvent[] = [
      { type: 'incident.resolved', by: 'U0COMMANDER' },
      {
        type: 'watch.started',
        watch,
        runId: 'INC-1.r1',
        step: 'fence',
        kind: 'unfenced',
        subject: 'chatbot-prod in us-east-1',
      },
    ];
    const acted: IncidentEvent = {
      type: 'watch.acted',
      watch,
      sentence: 'chatbot-prod in us-east-1 answers again and is fenced.',
      changes: [{ what: 'Sign-in of chatbot_app', before: 'allowed', after: 'taken away' }],
    };
    const failed = (code: string): IncidentEvent => ({
      type: 'watch.failed',
      watch,
      error: { code, message: 'The password was refused.' },
    });
    const released: IncidentEvent = { type: 'watch.released', watch, by: 'U0COMMANDER', reason: 'It is rebuilt.' };
    /** `trigger acted`: news are told apart by their time, too. */
    const sentOfWatch = () => events.received.map(({ action, dedupKey }) => `${action} ${dedupKey.split('/').at(-2)}`);

    it('that acted after the incident was resolved pages the first tier once, and ends with the watch', async () => {
      const incident = await bench.open(system, ...begun, acted);

      await round(incident);
      await round(incident);
      const paged = (await bench.state(incident)).watches[0]?.pagedAt;
      await bench.append(incident, released);
      await round(incident);
      await round(incident);

      expect(sentOfWatch()).toEqual(['trigger acted', 'resolve acted']);
      expect(new Set(events.received.map(({ dedupKey }) => dedupKey)).size).toBe(1);
      expect(events.received[0]).toMatchObject({
        routingKey: 'key of PAGERDUTY_ROUTING_KEY_SRE',
        summary: expect.stringContaining('chatbot-prod in us-east-1 answers again and is fenced.'),
      });
      expect(paged).toBeDefined();
      expect(await bench.journalled(incident, 'watch.paged')).toBe(1);
      expect(await bench.store.deliveries.unfinished()).not.toContain(incident);
    });

    it('that found nothing pages nobody', async () => {
      const incident = await bench.open(system, ...begun);

      await round(incident);
      await bench.append(incident, { type: 'watch.cleared', watch, sentence: 'It is a replica now.' });
      await round(incident);

      expect(events.received).toEqual([]);
    });

    it('is unconfirmed until PagerDuty has accepted the page', async () => {
      const incident = await bench.open(system, ...begun, acted);
      const projection = process();
      events.failing.push(down());

      await round(incident, projection);
      const before = (await bench.state(incident)).watches[0]?.pagedAt;
      await later(1100, () => round(incident, projection));

      expect(before).toBeUndefined();
      expect(sentOfWatch()).toEqual(['trigger acted']);
      expect((await bench.state(incident)).watches[0]?.pagedAt).toBeDefined();
    });

    it('that could not act pages each kind of failure, and newer news end the older alert', async () => {
      const incident = await bench.open(system, ...begun, failed('postgres.sign-in-refused'));

      await round(incident);
      await bench.append(incident, acted);
      await round(incident);

      expect(sentOfWatch().sort()).toEqual(['resolve failed', 'trigger acted', 'trigger failed']);
      expect(events.received[0]?.summary).toContain('is back and could not be fenced: The password was refused.');
      expect(await bench.journalled(incident, 'watch.paged')).toBe(2);
    });

    it('ends no alert of another watch of its kind', async () => {
      const second = `${watch}/2`;
      const [, one] = begun;
      const incident = await bench.open(system, ...begun, { ...one, watch: second } as IncidentEvent);
      await bench.append(incident, { ...acted, watch: second } as IncidentEvent);

      await round(incident);
      await round(incident);

      expect(sentOfWatch()).toEqual(['trigger acted']);
    });

    it('whose page was accepted just before a crash is paged again under the same key only', async () => {
      const incident = await bench.open(system, ...begun, acted);
      const dies = async () => Promise.reject(new Error('the process died'));
      const dying = process({ ...bench.store, journal: { ...bench.store.journal, decide: dies } });

      await expect(round(incident, dying)).rejects.toThrow('the process died');
      await round(incident);
      await round(incident);

      expect(sentOfWatch()).toEqual(['trigger acted', 'trigger acted']);
      expect(new Set(events.received.map(({ dedupKey }) => dedupKey)).size).toBe(1);
      expect(await bench.journalled(incident, 'watch.paged')).toBe(1);
    });
  });
});
