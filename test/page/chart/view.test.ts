import { describe, expect, test } from '@jest/globals';
import type { Mark, WriteBucket } from '../../../sandbox/control/wire.ts';
import { defaultChoice, phasesOf, rangeOf } from '../../../sandbox/page/src/chart/view.ts';
import { DETECTED, recoveryWith } from '../store/snapshot.ts';

const at = (seconds: number) => DETECTED + seconds * 1000;
const fault = (seconds: number): Mark => ({ at: at(seconds), kind: 'fault', label: 'us-east-1 stops answering' });
const bucket = (seconds: number, change: Partial<WriteBucket> = {}): WriteBucket => ({
  from: at(seconds),
  to: at(seconds + 10),
  acknowledged: 1,
  failed: 0,
  lost: 0,
  ...change,
});
/** In seconds from detection, to read it easily. */
const seconds = ({ from, to }: { from: number; to: number }) => [(from - DETECTED) / 1000, (to - DETECTED) / 1000];

describe('the part of the time axis that is shown', () => {
  const source = { writes: [bucket(-2000)], marks: [fault(-10)], recovery: undefined, now: at(100) };

  test('is the incident as soon as there is one', () => {
    expect(defaultChoice(undefined)).toBe('recent');
    expect(defaultChoice(recoveryWith())).toBe('incident');
  });

  test('is five minutes, or everything', () => {
    expect(seconds(rangeOf('recent', source))).toEqual([-200, 100]);
    expect(seconds(rangeOf('all', source))).toEqual([-2000, 100]);
  });

  test('is never less than five minutes', () => {
    expect(seconds(rangeOf('all', { ...source, writes: [bucket(90)] }))).toEqual([-200, 100]);
  });

  test('reaches from the fault to the end of the RTO', () => {
    const range = rangeOf('incident', { ...source, recovery: recoveryWith({ rtoSeconds: 900 }) });

    const [from = 0, to = 0] = seconds(range);
    expect(from).toBeLessThan(-10);
    expect(from).toBeGreaterThan(-100);
    expect(to).toBeGreaterThan(900);
  });

  test('begins with the first write that is lost', () => {
    const writes = [bucket(-500), bucket(-300, { lost: 1 }), bucket(-100, { lost: 1 })];

    const [from = 0] = seconds(rangeOf('incident', { ...source, writes, recovery: recoveryWith() }));

    expect(from).toBeLessThan(-300);
    expect(from).toBeGreaterThan(-400);
  });

  test('leaves out an RTO that is far away until time comes near it', () => {
    const recovery = recoveryWith({ rtoSeconds: 4 * 3600 });

    const [, early = 0] = seconds(rangeOf('incident', { ...source, recovery }));
    const [, late = 0] = seconds(rangeOf('incident', { ...source, recovery, now: at(3 * 3600) }));

    expect(early).toBeLessThan(200);
    expect(late).toBeGreaterThan(4 * 3600);
  });

  test('ends with the incident', () => {
    const recovery = recoveryWith({ rtoSeconds: 60, status: 'resolved', resolvedAt: at(600) });

    const [, to = 0] = seconds(rangeOf('incident', { ...source, recovery, now: at(9000) }));

    expect(to).toBeLessThan(700);
  });
});

describe('the phases of an incident', () => {
  const phases = (change: Parameters<typeof recoveryWith>[0], now: number, marks = [fault(-8)]) =>
    phasesOf(recoveryWith(change), marks, at(now)).map(({ isRunning, ...phase }) => [
      phase.name,
      ...seconds(phase),
      ...(isRunning ? ['running'] : []),
    ]);

  test('follow one another', () => {
    expect(phases({}, 60)).toEqual([
      ['Detect', -8, 0],
      ['Decide', 0, 60, 'running'],
    ]);
    expect(phases({ approvedAt: at(60) }, 100)).toEqual([
      ['Detect', -8, 0],
      ['Decide', 0, 60],
      ['Execute', 60, 100, 'running'],
    ]);
    expect(phases({ approvedAt: at(60), recoveredAt: at(300), resolvedAt: at(400), status: 'resolved' }, 999)).toEqual([
      ['Detect', -8, 0],
      ['Decide', 0, 60],
      ['Execute', 60, 300],
      ['Verify', 300, 400],
    ]);
  });

  test('leave out what did not happen: a world that recovered by itself was not carried through', () => {
    expect(phases({ recoveredAt: at(30) }, 60)).toEqual([
      ['Detect', -8, 0],
      ['Decide', 0, 30],
      ['Verify', 30, 60, 'running'],
    ]);
  });

  test('do not take a fault of long ago for the one that was detected', () => {
    expect(phases({}, 60, [fault(-7200)])).toEqual([['Decide', 0, 60, 'running']]);
  });

  test('end where the incident was closed without a decision', () => {
    expect(phases({ status: 'resolved', resolvedAt: at(90) }, 500)).toEqual([
      ['Detect', -8, 0],
      ['Decide', 0, 90],
    ]);
  });
});
