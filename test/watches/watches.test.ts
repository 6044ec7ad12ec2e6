import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunContext, WatchFinding } from '../../src/domain/action.ts';
import { createClock } from '../../src/domain/clock.ts';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { createChangeHub } from '../../src/engine/change-hub.ts';
import type { Store } from '../../src/engine/ports.ts';
import { startWatches } from '../../src/watches/index.ts';
import { createEngineBench, type EngineBench, silent, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

type Look = (context: RunContext, input: unknown) => Promise<WatchFinding | undefined>;

const steps = [
  plannedStep('before'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a runbook's own expression
  plannedStep('fence', { with: { position: '${{ steps.before.outputs.position }}' } }),
];
const FENCED: Extract<WatchFinding, { kind: 'acted' }> = { kind: 'acted', sentence: 'It is fenced.', changes: [] };
const change = { what: 'Sign-in of app', before: 'allowed', after: 'taken away' };

let bench: EngineBench;
let watch: string;
let look: Look;
let looks: number;
/** Holders, one for each look. */
let lookedBy: string[];
let closers: (() => Promise<unknown>)[];

beforeEach(async () => {
  looks = 0;
  lookedBy = [];
  closers = [];
  bench = await createEngineBench(planWith(steps), []);
  const runId = `${bench.incident}.r1`;
  watch = `${runId}/unfenced`;
  const ended = (step: string): IncidentEvent[] => [
    { type: 'step.started', runId, step, attempt: 1, operationId: `${runId}.${step}` },
    { type: 'step.succeeded', runId, step, attempt: 1, outputs: { position: 7 }, changes: [], exceptions: [] },
  ];
  const started: IncidentEvent = {
    ...{ type: 'watch.started', watch, runId, step: 'fence' },
    ...{ kind: 'unfenced', subject: 'chatbot-prod in us-east-1' },
  };
  await bench.store.journal.decide(bench.incident, Date.now(), () => ({
    events: [...ended('before'), ...ended('fence'), started],
    watch: [watch],
  }));
});

afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  await bench.close();
});

/** A process of its own. */
async function begin(holder: string, store: Store = bench.store) {
  const changes = await createChangeHub(bench.store.journal);
  const action = {
    ...testAction('test.act', async () => ({})),
    watch: {
      exception: 'unfenced' as const,
      subject: () => 'chatbot-prod in us-east-1',
      everySeconds: 0.01,
      look: (context: RunContext, input: unknown) => {
        looks += 1;
        lookedBy.push(holder);
        return look(context, input);
      },
    },
  };
  const watches = startWatches({
    ...{ store, changes, holder, logger: silent, clock: createClock() },
    actions: new Map([[action.id, action]]),
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= watches.close().then(() => changes.close());
    return closed;
  };
  closers.push(close);
  return { close };
}
const told = async (type: IncidentEvent['type']) =>
  (await bench.store.journal.read(bench.incident)).filter(({ event }) => event.type === type);
const stateOf = ({ watches }: IncidentState) => watches.find(({ id }) => id === watch);
async function untilLooked(times: number): Promise<void> {
  const goal = looks + times;
  while (looks < goal) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a watch', () => {
  it('looks with the input of its step, also when the incident is resolved and another run has followed', async () => {
    const runId = `${bench.incident}.r2`;
    await bench.append(
      { type: 'run.finished', runId: `${bench.incident}.r1`, outcome: 'recovered', exceptions: ['unfenced'] },
      { type: 'run.started', runId, planId: 'INC-1.p1', locks: [] },
      { type: 'incident.resolved', by: 'U0COMMANDER' },
    );
    let seen: unknown;
    look = async (_context, input) => {
      seen = input;
      return FENCED;
    };

    await begin('one');
    const state = await bench.until((now) => stateOf(now)?.status === 'acted');

    expect(seen).toEqual({ position: 7 });
    expect(state.status).toBe('resolved');
  });

  it('that acted says so once, and again only when it had to act again', async () => {
    const pending = [[change], [], [change]];
    look = async () => ({ ...FENCED, changes: pending.shift() ?? [] });

    await begin('one');
    await bench.until(() => pending.length === 0);
    await untilLooked(3);

    expect(await told('watch.acted')).toHaveLength(2);
  });

  it('whose process died between acting and recording it is told by the next one, once', async () => {
    let died: (() => void) | undefined;
    const acted = new Promise<void>((resolve) => {
      died = resolve;
    });
    const { journal } = bench.store;
    const dies: Store['journal']['decide'] = async () => {
      died?.();
      throw new Error('the process died');
    };
    look = async () => ({ ...FENCED, changes: [change] });

    const first = await begin('one', { ...bench.store, journal: { ...journal, decide: dies } });
    await acted;
    await first.close();
    look = async () => FENCED;
    await begin('two');
    await bench.until((now) => stateOf(now)?.status === 'acted');
    await untilLooked(2);

    expect(await told('watch.acted')).toHaveLength(1);
  });

  it('is looked at by one process, and by another when that one ends', async () => {
    look = async () => undefined;
    const first = await begin('one');
    await untilLooked(1);
    const second = await begin('two');
    await untilLooked(4);
    const before = new Set(lookedBy);

    await first.close();
    await untilLooked(2);
    await second.close();

    expect(before).toEqual(new Set(['one']));
    expect(lookedBy.at(-1)).toBe('two');
  });

  it('waits for no look that hangs', async () => {
    look = async () => {
      if (looks < 4) return new Promise(() => undefined);
      return FENCED;
    };

    await begin('one');
    const state = await bench.until((now) => stateOf(now)?.status === 'acted');

    expect(stateOf(state)?.sentence).toBe('It is fenced.');
  });

  it('lets one look act, however many see that something is to be done', async () => {
    let acting = 0;
    let fenced = false;
    look = async (context) => {
      const needed = !fenced;
      // Slow enough for others to see the same.
      await context.clock.sleep(700, context.signal);
      if (!needed) return FENCED;
      await context.assertLease();
      acting += 1;
      fenced = true;
      await context.clock.sleep(300, context.signal);
      return { ...FENCED, changes: [change] };
    };

    await begin('one');
    await bench.until((now) => stateOf(now)?.status === 'acted');
    await untilLooked(6);

    expect(acting).toBe(1);
    expect(await told('watch.acted')).toHaveLength(1);
  });

  it('tells each kind of failure once, nothing of what may pass, and that it could after all', async () => {
    const errors = [
      new Retryable('rds.timeout', 'It did not answer.'),
      new Permanent('postgres.sign-in-refused', 'Refused.'),
      new Permanent('postgres.sign-in-refused', 'Refused, again.'),
      new Permanent('fence.no-such-role', 'There is no role.'),
    ];
    look = async () => {
      const error = errors.shift();
      if (error) throw error;
      return FENCED;
    };

    await begin('one');
    await bench.until((now) => stateOf(now)?.status === 'acted');

    const failures = (await told('watch.failed')).map(({ event }) => event);
    expect(failures).toMatchObject([
      { error: { code: 'postgres.sign-in-refused' } },
      { error: { code: 'fence.no-such-role' } },
    ]);
    expect(stateOf(await bench.state())?.failure).toBeUndefined();
  });

  it('tells of two failures that take turns once each, and again of one that follows after it acted', async () => {
    const refused = new Permanent('postgres.sign-in-refused', 'Refused.');
    const unknown = new Permanent('fence.no-such-role', 'There is no role.');
    const errors = [refused, unknown, refused, unknown, refused, unknown];
    let acts = false;
    look = async () => {
      const error = errors.shift();
      if (error) throw error;
      return acts ? FENCED : undefined;
    };

    await begin('one');
    await untilLooked(9);
    const codes = async () => (await told('watch.failed')).map(({ event }) => 'error' in event && event.error.code);
    const inTurns = await codes();
    acts = true;
    await bench.until((now) => stateOf(now)?.status === 'acted');
    errors.push(refused);
    await bench.until((now) => stateOf(now)?.failure !== undefined);

    expect(inTurns).toEqual(['postgres.sign-in-refused', 'fence.no-such-role']);
    expect(await codes()).toEqual([...inTurns, 'postgres.sign-in-refused']);
  });

  it('tells nothing of what an error says that is not ours', async () => {
    look = async () => {
      throw new TypeError('connect to postgres://app:hunter2@10.0.0.7 went wrong');
    };

    await begin('one');
    const state = await bench.until((now) => stateOf(now)?.failure !== undefined);

    expect(stateOf(state)?.failure).toEqual({ code: 'unexpected', message: 'Something unexpected failed.' });
  });

  it('ends when what was left open is closed', async () => {
    look = async () => ({ kind: 'cleared', sentence: 'There is a replica again.' });

    await begin('one');
    const state = await bench.until((now) => stateOf(now)?.status === 'cleared');

    expect(stateOf(state)?.sentence).toBe('There is a replica again.');
    expect(await bench.store.journal.watches()).toEqual([]);
  });

  it('that was released is let go: a look under way changes nothing more', async () => {
    let goOn: (() => void) | undefined;
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let reached: (() => void) | undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const ended: string[] = [];
    look = async (context) => {
      reached?.();
      context.signal.addEventListener('abort', () => goOn?.());
      await mayGoOn;
      await context.assertLease().catch((error: Error) => void ended.push(error.message));
      return FENCED;
    };
    await begin('one');
    await isReached;

    await bench.store.journal.decide(bench.incident, Date.now(), () => ({
      events: [{ type: 'watch.released', watch, by: 'U0COMMANDER', reason: 'It is rebuilt.' }],
      unwatch: [watch],
    }));
    await mayGoOn;
    while (!(await bench.store.leases.acquire(`watch/${watch}`, 'anybody', 1000))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    expect(ended.length).toBeGreaterThan(0);
    expect(await told('watch.acted')).toEqual([]);
  });

  it('that this release cannot look at is told, once', async () => {
    look = async () => undefined;
    const changes = await createChangeHub(bench.store.journal);
    const watches = startWatches({
      ...{ store: bench.store, changes, holder: 'one', logger: silent, clock: createClock() },
      actions: new Map(),
    });

    const state = await bench.until((now) => stateOf(now)?.failure !== undefined);
    await watches.close();
    await changes.close();

    expect(stateOf(state)?.failure).toEqual({
      code: 'action.unknown',
      message: 'This release has no action test.act, which fence uses.',
    });
  });
});
