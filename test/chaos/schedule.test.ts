import { describe, expect, it } from '@jest/globals';
import { CHAOS_FAULTS } from '../../tools/chaos/faults/index.ts';
import { Job } from '../../tools/chaos/job.ts';
import { fullSchedule, shortSchedule } from '../../tools/chaos/schedule.ts';

const DAYS = 400;

describe('what is struck when', () => {
  it('lets the faults of processes follow every event in turn', () => {
    const jobs = fullSchedule(CHAOS_FAULTS, { seed: 1, speed: 40 });

    for (const fault of CHAOS_FAULTS.filter(({ everywhere }) => everywhere)) {
      const moments = jobs.flatMap(({ strikes }) => strikes.filter((strike) => strike.fault === fault.name));
      const first = moments.map(({ at }) => Number(at)).sort((a, b) => a - b);
      expect(first.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    }
  });

  it('tries every fault in the full form, and can be written down and read back', () => {
    const jobs = fullSchedule(CHAOS_FAULTS, { seed: 1, speed: 40 });

    const struck = new Set(jobs.flatMap(({ strikes }) => strikes.map(({ fault }) => fault)));
    expect([...struck].sort()).toEqual(CHAOS_FAULTS.map(({ name }) => name).sort());
    expect(jobs.map((job) => Job.parse(JSON.parse(JSON.stringify(job))))).toEqual(jobs);
  });

  it('meets every fault over the days in the short form, and the same ones on the same day', () => {
    const days = Array.from({ length: DAYS }, (_, seed) => shortSchedule(CHAOS_FAULTS, { seed, speed: 40 }));

    const struck = new Set(days.flat().flatMap(({ strikes }) => strikes.map(({ fault }) => fault)));
    expect([...struck].sort()).toEqual(CHAOS_FAULTS.map(({ name }) => name).sort());
    expect(shortSchedule(CHAOS_FAULTS, { seed: 7, speed: 40 })).toEqual(days[7]);
  });

  it('has Redis where a fault needs it, and the queue in PostgreSQL where its rows are deleted', () => {
    const all = [
      ...fullSchedule(CHAOS_FAULTS, { seed: 1, speed: 40 }),
      ...Array.from({ length: DAYS }, (_, seed) => shortSchedule(CHAOS_FAULTS, { seed, speed: 40 })).flat(),
    ];

    for (const { strikes, queue } of all) {
      const names = strikes.map(({ fault }) => fault);
      if (names.some((name) => name.startsWith('redis-'))) expect(queue).toBe('redis');
      if (names.includes('queue-emptied')) expect(queue).toBe('postgres');
    }
  });
});
