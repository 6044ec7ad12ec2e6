import { describe, expect, it } from '@jest/globals';
import { abortable, machineBurden, observationTimeout, within } from '../../src/adapters/deadline.ts';

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
    [60, 3, 2100],
    [1, 4, 2800],
    [60, 1.3337, 934],
  ])('in a world at %d×, on a machine burdened %d times, has %d ms', (speed, burden, milliseconds) => {
    const timeout = observationTimeout({ patience: (world) => world / speed }, burden);

    expect(timeout).toBe(milliseconds);
  });

  it('knows how burdened this machine is, within bounds', () => {
    const burden = machineBurden();

    expect(burden).toBeGreaterThanOrEqual(1);
    expect(burden).toBeLessThanOrEqual(4);
  });
});
