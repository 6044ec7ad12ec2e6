import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewTimer } from '../../src/engine/ports.ts';
import { type Bench, createBench, declared, NOON, planFailed } from './support.ts';

describe('timers', () => {
  let bench: Bench;
  let incident: string;

  beforeAll(async () => {
    bench = await createBench();
    await bench.store.journal.open('chatbot', NOON, (id) => {
      incident = id;
      return { events: [declared()] };
    });
  });

  afterAll(async () => {
    await bench.close();
  });

  const timer = (id: string, dueAt: number): NewTimer => ({ id, kind: 'tier', dueAt, data: { tier: 1 } });
  const arm = (...timers: NewTimer[]) =>
    bench.store.journal.decide(incident, NOON, () => ({ events: [], arm: timers }));

  it('fires each due timer once, though two processes look at the same instant', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `race/${index}`);
    await arm(...ids.map((id) => timer(id, NOON + 1)));

    const fired = await Promise.all(
      [bench.store, bench.other, bench.store, bench.other].map(({ timers }) =>
        timers.fireDue(NOON + 1, ({ id }) => planFailed(id)),
      ),
    );

    expect(
      fired
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
    const events = (await bench.store.journal.read(incident)).map(({ event }) => event);
    const told = events.flatMap((event) => (event.type === 'plan.failed' ? [event.planId] : []));
    expect(told.sort()).toEqual([...ids].sort());
    expect((await bench.store.journal.verify(incident)).chain).toBe('valid');
  });

  it('fires what is due and nothing else, in order, and tells when the next is', async () => {
    await arm(timer('later', NOON + 2_000.4), timer('second', NOON + 1_500), timer('first', NOON + 1_000));

    const next = await bench.store.timers.nextDueAt();
    const fired = await bench.store.timers.fireDue(NOON + 1_999.9, () => ({ events: [] }));

    expect(next).toBe(NOON + 1_000);
    expect(fired).toEqual([
      { ...timer('first', NOON + 1_000), incident },
      { ...timer('second', NOON + 1_500), incident },
    ]);
    expect(await bench.store.timers.nextDueAt()).toBe(NOON + 2_001);
    await bench.store.journal.decide(incident, NOON, () => ({ events: [], disarm: ['later'] }));
    expect(await bench.store.timers.nextDueAt()).toBeUndefined();
  });

  it('never fires one again that is armed a second time', async () => {
    await arm(timer('once', NOON));
    await bench.store.timers.fireDue(NOON, () => ({ events: [] }));

    await arm(timer('once', NOON));

    expect(await bench.other.timers.fireDue(NOON + 60_000, () => ({ events: [] }))).toEqual([]);
  });

  it('leaves a timer armed whose decision throws, and fires the others', async () => {
    await arm(timer('broken', NOON), timer('whole', NOON + 1));
    const seen: string[] = [];

    const firing = bench.store.timers.fireDue(NOON + 1, ({ id }) => {
      if (id === 'broken') throw new Error('cannot decide');
      seen.push(id);
      return planFailed(id);
    });

    await expect(firing).rejects.toThrow('cannot decide');
    expect(seen).toEqual(['whole']);
    const again = await bench.store.timers.fireDue(NOON + 1, () => ({ events: [] }));
    expect(again.map(({ id }) => id)).toEqual(['broken']);
  });

  it('does not fire one that a decision disarms at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = `disarmed/${round}`;
      await arm(timer(id, NOON));
      let disarmed = false;

      const [fired] = await Promise.all([
        bench.other.timers.fireDue(NOON, () => planFailed(`fired ${disarmed ? 'after' : 'before'}`)),
        bench.store.journal.decide(incident, NOON, () => {
          disarmed = true;
          return { events: [], disarm: [id] };
        }),
      ]);

      if (fired.length > 0) {
        expect((await bench.store.journal.state(incident))?.planFailure?.planId).toBe('fired before');
      }
    }
  });
});
