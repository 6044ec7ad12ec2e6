import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorldClock } from '../../src/domain/clock.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Store } from '../../src/engine/ports.ts';
import { createUsersReport, usersDecision } from '../../src/observer/users.ts';
import { DETECTED, declared } from '../support/incident.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { openTestStore } from '../support/store.ts';

const seen = (healthy: boolean, looks: number, since = DETECTED + 300_000) => ({
  healthy,
  looks,
  since,
  status: healthy ? 200 : 0,
});

describe('usersDecision', () => {
  const users = (served: boolean) => ({ users: { served, since: DETECTED } });

  it.each([
    { name: 'the first that is seen', state: {}, look: seen(false, 3), told: [false] },
    { name: 'that users are served again', state: users(false), look: seen(true, 3), told: [true] },
    { name: 'that they are cut off once more', state: users(true), look: seen(false, 7), told: [false] },
    { name: 'nothing after two looks', state: users(false), look: seen(true, 2), told: [] },
    { name: 'nothing that the incident says already', state: users(true), look: seen(true, 40), told: [] },
    {
      name: 'nothing to an incident that is resolved',
      state: { ...users(false), status: 'resolved' as const },
      look: seen(true, 3),
      told: [],
    },
  ])('tells $name', ({ state, look, told }) => {
    const { events } = usersDecision({ status: 'open', ...state }, look);

    expect(events).toEqual(told.map((served) => ({ type: 'users.seen', served, since: look.since })));
  });
});

describe('createUsersReport', () => {
  const clock = createWorldClock({ machine: Date.now(), world: DETECTED + 310_000, speed: 1 });
  let store: Store;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = database.drop;
    store = await openTestStore(database.connectionString);
  });
  afterAll(async () => {
    await store.close();
    await drop();
  });
  const open = async (system: string) => {
    const event = { ...declared, system } as IncidentEvent;
    const [entry] = await store.journal.open(system, DETECTED, { events: [event] });
    return entry?.incident ?? '';
  };
  const toldTo = async (incident: string) =>
    (await store.journal.read(incident)).flatMap(({ event }) => (event.type === 'users.seen' ? [event.served] : []));

  it('is told once by several processes, and again when it flips', async () => {
    const incident = await open('several');
    const reports = [1, 2, 3].map(() => createUsersReport(store.journal, clock, 'several'));

    for (const look of [seen(false, 3, DETECTED), seen(false, 4, DETECTED), seen(true, 1), seen(true, 3)])
      await Promise.all(reports.map((report) => report(look)));

    expect(await toldTo(incident)).toEqual([false, true]);
    expect((await store.journal.state(incident))?.users).toEqual({ served: true, since: DETECTED + 300_000 });
  });

  it('counts from the detection what was seen before it', async () => {
    const incident = await open('before');

    await createUsersReport(store.journal, clock, 'before')(seen(true, 90, DETECTED - 86_400_000));

    expect((await store.journal.state(incident))?.users).toEqual({ served: true, since: DETECTED });
  });

  it('tries again at the next look what the store did not take', async () => {
    const incident = await open('trouble');
    let isAway = true;
    const { journal } = store;
    const report = createUsersReport(
      {
        newestIncident: (system) => journal.newestIncident(system),
        decide: (...call) => (isAway ? Promise.reject(new Error('the store is away')) : journal.decide(...call)),
      },
      clock,
      'trouble',
    );

    await expect(report(seen(true, 3))).rejects.toThrow('the store is away');
    isAway = false;
    await report(seen(true, 4));

    expect(await toldTo(incident)).toEqual([true]);
  });

  it('says nothing where there is no incident', async () => {
    await expect(createUsersReport(store.journal, clock, 'quiet')(seen(true, 3))).resolves.toBeUndefined();
  });
});
