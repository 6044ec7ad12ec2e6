import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidInput, LeaseLost, Permanent } from '../../src/domain/errors.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import type { Journal } from '../../src/engine/ports.ts';
import { type Bench, createBench, declared, failure, NOON, planFailed } from './support.ts';

describe('journal', () => {
  let bench: Bench;
  let opened = 0;

  beforeAll(async () => {
    bench = await createBench();
  });

  afterAll(async () => {
    await bench.close();
  });

  async function openIncident(): Promise<string> {
    opened += 1;
    const system = `system-${opened}`;
    const [entry] = await bench.store.journal.open(system, NOON, { events: [declared(system)] });
    if (!entry) throw new Error('nothing was appended');
    return entry.incident;
  }

  it('gives incidents gapless ids and hands the id to the first decision', async () => {
    let given = '';

    const entries = await bench.store.journal.open('numbered', NOON, (incident) => {
      given = incident;
      return { events: [declared('numbered'), failure(`${incident}/plan`)] };
    });
    await expect(bench.store.journal.open('numbered', NOON, { events: [] })).rejects.toThrow(InvalidInput);
    const next = await openIncident();

    expect(entries.map(({ incident, sequence }) => [incident, sequence])).toEqual([
      [given, 1],
      [given, 2],
    ]);
    expect(Number(next.slice(4))).toBe(Number(given.slice(4)) + 1);
  });

  it('lets time never run backwards, though a writer looked at its clock before another one wrote', async () => {
    const incident = await openIncident();
    const times = [NOON + 2000, NOON + 1500.7, NOON + 2000.2, NOON + 3000];

    for (const [index, at] of times.entries()) {
      const { decide } = (index % 2 === 0 ? bench.store : bench.other).journal;
      await decide(incident, at, () => planFailed(`plan ${index}`));
    }

    const entries = await bench.store.journal.read(incident);
    expect(entries.map(({ at }) => at - NOON)).toEqual([0, 2000, 2000, 2000, 3000]);
    expect((await bench.store.journal.verify(incident)).chain).toBe('valid');
  });

  it('refuses a second open incident of a system, naming the first, also when two are opened at once', async () => {
    const open = (store: Bench['store']) => store.journal.open('twice', NOON, { events: [declared('twice')] });

    const results = await Promise.allSettled([open(bench.store), open(bench.other), open(bench.store)]);

    const incident = await bench.store.journal.newestIncident('twice');
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toHaveLength(2);
    for (const error of refused) {
      expect(error).toBeInstanceOf(InvalidInput);
      expect(error).toMatchObject({ code: 'incident.open', message: expect.stringContaining(`${incident} `) });
    }
  });

  it('keeps one open incident per system in the tables, whatever the program does', async () => {
    await openIncident();

    const insert = bench.sql("insert into lifeboat.incidents values ('INC-900', 900, $1, 'open', 0, '')", [
      `system-${opened}`,
    ]);

    await expect(insert).rejects.toThrow('one_open_incident_per_system');
  });

  it('lets a system have a new incident after the old one is resolved', async () => {
    const incident = await openIncident();
    const system = `system-${opened}`;

    await bench.store.journal.decide(incident, NOON, () => ({ events: [{ type: 'incident.resolved', by: 'U1' }] }));
    const [entry] = await bench.other.journal.open(system, NOON, { events: [declared(system)] });

    expect(await bench.store.journal.newestIncident(system)).toBe(entry?.incident);
    const ids = await bench.store.journal.openIncidents();
    expect(ids).toContain(entry?.incident);
    expect(ids).not.toContain(incident);
  });

  it('makes decisions of two processes one after the other, without a gap, sixteen at a time', async () => {
    const incident = await openIncident();

    // As many as have a connection: one that waits for it is refused when the others take long.
    for (let batch = 0; batch < 6; batch += 1) {
      await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          (index % 2 === 0 ? bench.store : bench.other).journal.decide(incident, NOON, ({ planFailure }) =>
            planFailed(String(Number(planFailure?.planId ?? 0) + 1)),
          ),
        ),
      );
    }

    const entries = await bench.store.journal.read(incident);
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 97 }, (_, index) => index + 1));
    const state = await bench.store.journal.state(incident);
    expect(state?.planFailure?.planId).toBe('96');
    expect(await bench.other.journal.state(incident)).toEqual(state);
    expect(foldIncident(entries)).toEqual(state);
    expect(await bench.store.journal.verify(incident)).toEqual({ events: 97, chain: 'valid' });
  });

  it('appends nothing for an empty decision, one that throws, or an event that could not be read back', async () => {
    const incident = await openIncident();
    const decide: Journal['decide'] = (...given) => bench.store.journal.decide(...given);

    const empty = await decide(incident, NOON, () => ({ events: [] }));
    const thrown = decide(incident, NOON, () => {
      throw new InvalidInput('plan.late', 'The plan is no longer there.');
    });
    await expect(thrown).rejects.toMatchObject({ code: 'plan.late' });
    const broken = { type: 'plan.expired' } as unknown as ReturnType<typeof failure>;
    await expect(decide(incident, NOON, () => ({ events: [broken] }))).rejects.toMatchObject({
      code: 'journal.invalid',
    });
    const unknownRun = { type: 'run.abort-requested', runId: 'R9', by: 'U1' } as const;
    await expect(decide(incident, NOON, () => ({ events: [unknownRun] }))).rejects.toThrow('R9');

    expect(empty.entries).toEqual([]);
    expect(empty.state.sequence).toBe(1);
    expect(await bench.store.journal.read(incident)).toHaveLength(1);
  });

  it('knows nothing of an incident that does not exist', async () => {
    const { journal } = bench.store;

    expect(await journal.state('INC-0')).toBeUndefined();
    expect(await journal.newestIncident('nobody')).toBeUndefined();
    expect(await journal.read('INC-0')).toEqual([]);
    await expect(journal.decide('INC-0', NOON, () => ({ events: [] }))).rejects.toMatchObject({
      code: 'incident.unknown',
    });
  });

  it('refuses UPDATE, DELETE and TRUNCATE, also to a superuser', async () => {
    await openIncident();

    await expect(bench.sql("update lifeboat.journal set body = '{}'")).rejects.toThrow('append-only');
    await expect(bench.sql('delete from lifeboat.journal')).rejects.toThrow('append-only');
    await expect(bench.sql('truncate lifeboat.journal')).rejects.toThrow('append-only');
  });

  it.each([
    ['the text', "update lifeboat.journal set body = replace(body, 'U1', 'U2') where incident = $1 and sequence = 2"],
    ['the time', 'update lifeboat.journal set at = at + 1 where incident = $1 and sequence = 2'],
    ['the type beside the text', "update lifeboat.journal set type = 'other' where incident = $1 and sequence = 2"],
    ['an entry in the middle', 'delete from lifeboat.journal where incident = $1 and sequence = 2'],
    ['the last entry', 'delete from lifeboat.journal where incident = $1 and sequence = 3'],
  ])('finds out when somebody changed %s', async (_what, tampering) => {
    const incident = await openIncident();
    await bench.store.journal.decide(incident, NOON, () => ({ events: [failure('P1'), failure('P2')] }));
    const before = await bench.store.journal.verify(incident);

    await bench.sql('alter table lifeboat.journal disable trigger append_only');
    await bench.sql(tampering, [incident]);
    await bench.sql('alter table lifeboat.journal enable trigger append_only');

    expect(before).toEqual({ events: 3, chain: 'valid' });
    expect((await bench.store.journal.verify(incident)).chain).toBe('broken');
  });

  it('says so when an entry was written by a release that it does not know', async () => {
    const incident = await openIncident();
    await bench.sql('alter table lifeboat.journal disable trigger append_only');
    await bench.sql('update lifeboat.journal set version = 99 where incident = $1', [incident]);
    await bench.sql('alter table lifeboat.journal enable trigger append_only');

    const read = bench.other.journal.state(incident);

    await expect(read).rejects.toBeInstanceOf(Permanent);
    await expect(read).rejects.toMatchObject({ code: 'journal.version', message: expect.stringContaining('99') });
  });

  it('refolds when the database went back behind what this process has seen', async () => {
    const incident = await openIncident();
    await bench.store.journal.decide(incident, NOON, () => planFailed('lost with the failover'));

    await bench.sql('alter table lifeboat.journal disable trigger append_only');
    await bench.sql('delete from lifeboat.journal where incident = $1 and sequence = 2', [incident]);
    await bench.sql('alter table lifeboat.journal enable trigger append_only');
    await bench.sql(
      `update lifeboat.incidents set head_sequence = 1,
       head_hash = (select hash from lifeboat.journal where incident = $1) where id = $1`,
      [incident],
    );
    await bench.other.journal.decide(incident, NOON, () => planFailed('written instead'));

    expect((await bench.store.journal.state(incident))?.planFailure?.planId).toBe('written instead');
  });

  describe('under a lease', () => {
    it('appends under the current epoch only', async () => {
      const incident = await openIncident();
      const { journal, leases } = bench.store;
      const first = await leases.acquire(`run-of-${incident}`, 'worker-1', 60_000);
      if (!first) throw new Error('the lease was not free');
      await journal.decide(incident, NOON, () => planFailed('under the first epoch'), first);
      await leases.release(first);
      const second = await bench.other.leases.acquire(`run-of-${incident}`, 'worker-2', 60_000);

      const late = journal.decide(incident, NOON, () => planFailed('too late'), first);

      await expect(late).rejects.toBeInstanceOf(LeaseLost);
      await bench.other.journal.decide(incident, NOON, () => planFailed('under the second epoch'), second);
      expect((await journal.state(incident))?.planFailure?.planId).toBe('under the second epoch');
      expect(await journal.read(incident)).toHaveLength(3);
    });

    it('asks again over the newer state when somebody else has appended since, and keeps the chain', async () => {
      const incident = await openIncident();
      const { journal, leases } = bench.store;
      const token = await leases.acquire(`run-of-${incident}`, 'worker-1', 60_000);
      if (!token) throw new Error('the lease was not free');
      await journal.decide(incident, NOON, () => planFailed('known here'), token);
      await bench.other.journal.decide(incident, NOON, () => planFailed('from elsewhere'));
      const seen: (string | undefined)[] = [];
      const after = (state: IncidentState) => {
        seen.push(state.planFailure?.planId);
        return planFailed(`after ${state.planFailure?.planId}`);
      };

      const { state } = await journal.decide(incident, NOON, after, token);

      expect(seen.at(-1)).toBe('from elsewhere');
      expect(state).toMatchObject({ planFailure: { planId: 'after from elsewhere' }, sequence: 4 });
      expect(await bench.other.journal.state(incident)).toEqual(state);
      expect(await journal.verify(incident)).toEqual({ events: 4, chain: 'valid' });
    });

    it('passes on what a decision throws only when it throws over the newest state', async () => {
      const incident = await openIncident();
      const { journal, leases } = bench.store;
      const token = await leases.acquire(`run-of-${incident}`, 'worker-1', 60_000);
      if (!token) throw new Error('the lease was not free');
      await bench.other.journal.decide(incident, NOON, () => planFailed('from elsewhere'));
      const onlyWhenNewest = (state: IncidentState) => {
        if (state.planFailure === undefined) throw new Error('too early');
        throw new Error('refused');
      };

      await expect(journal.decide(incident, NOON, onlyWhenNewest, token)).rejects.toThrow('refused');
      expect(await journal.read(incident)).toHaveLength(2);
    });

    it('does not append under a lease that has expired, though nobody took it', async () => {
      const incident = await openIncident();
      const token = await bench.store.leases.acquire(`run-of-${incident}`, 'worker-1', 0);

      const late = bench.store.journal.decide(incident, NOON, () => planFailed('too late'), token);

      await expect(late).rejects.toBeInstanceOf(LeaseLost);
    });
  });

  describe('locks', () => {
    it('fails the whole decision when another run holds one, and names it', async () => {
      const holder = await openIncident();
      const loser = await openIncident();
      const lock = (owner: string, names: string[]) => ({ ...planFailed(owner), lock: { owner, names } });
      await bench.store.journal.decide(holder, NOON, () => lock('R1', ['system/a', 'database/shared']));

      const refused = bench.other.journal.decide(loser, NOON, () => lock('R2', ['system/b', 'database/shared']));

      await expect(refused).rejects.toMatchObject({ code: 'lock.held', message: expect.stringContaining('R1') });
      expect(await bench.store.journal.read(loser)).toHaveLength(1);
      expect(await bench.sql("select name from lifeboat.locks where owner = 'R2'")).toEqual([]);
      await bench.store.journal.decide(holder, NOON, () => ({ events: [], unlock: 'R1' }));
      await bench.other.journal.decide(loser, NOON, () => lock('R2', ['system/b', 'database/shared']));
      expect(await bench.sql("select name from lifeboat.locks where owner = 'R2'")).toHaveLength(2);
    });

    it('lets the same run take what it already holds', async () => {
      const incident = await openIncident();
      const again = () => ({ events: [], lock: { owner: 'R3', names: ['system/c', 'system/c'] } });

      await bench.store.journal.decide(incident, NOON, again);
      await bench.store.journal.decide(incident, NOON, again);

      expect(await bench.sql("select name from lifeboat.locks where owner = 'R3'")).toEqual([{ name: 'system/c' }]);
    });
  });
});
