import { describe, expect, it } from '@jest/globals';
import { abortable, observationTimeout, patienceOf, within } from '../../src/adapters/deadline.ts';

describe('abortable', () => {
  it('passes on what the work brings', async () => {
    await expect(abortable(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
  });

  it('rejects with the reason of the signal, and lets go of what the work holds', async () => {
    const stop = new AbortController();
    let released = false;
    const work = abortable(new Promise(() => undefined), stop.signal, () => {
      released = true;
    });

    stop.abort(new Error('stopped'));

    await expect(work).rejects.toThrow('stopped');
    expect(released).toBe(true);
  });
});

describe('within', () => {
  it('ends after its milliseconds', async () => {
    const work = abortable(new Promise(() => undefined), within(9.5));

    await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a look at the world', () => {
  it.each([
    [1, 1, 2000],
    [60, 1, 700],
    [60, 2, 1400],
    [60, 4, 2000],
    [1, 4, 2000],
    [60, 1.3337, 934],
  ])('in a world at %d×, on a machine burdened %d times, has %d ms', (speed, burden, milliseconds) => {
    const timeout = observationTimeout({ patience: (world) => world / speed }, burden);

    expect(timeout).toBe(milliseconds);
  });

  it('has no less than real time gives, nor more, whatever this machine does', () => {
    const inRealTime = observationTimeout({ patience: (world) => world });
    const inAFastWorld = observationTimeout({ patience: (world) => world / 60 });

    expect(inRealTime).toBe(2000);
    expect(inAFastWorld).toBeGreaterThanOrEqual(700);
    expect(inAFastWorld).toBeLessThanOrEqual(2000);
  });
});

describe('patience', () => {
  it.each([
    [1, 4, 10_000],
    [60, 1, 400],
    [60, 2, 800],
  ])(
    'with a check of 10 s in a world at %d×, on a machine burdened %d times, is %d ms',
    (speed, burden, milliseconds) => {
      const patience = patienceOf({ patience: (world) => world / speed }, 10_000, 400, burden);

      expect(patience).toBe(milliseconds);
    },
  );
});
