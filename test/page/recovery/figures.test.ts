import { describe, expect, test } from '@jest/globals';
import type { Mark } from '../../../sandbox/control/wire.ts';
import { clockText } from '../../../sandbox/page/src/recovery/clock-text.ts';
import { type Part, recoveryFigures } from '../../../sandbox/page/src/recovery/figures.ts';
import { DETECTED, recoveryWith } from '../store/snapshot.ts';

const later = (seconds: number) => DETECTED + seconds * 1000;
const fault = (at: number): Mark => ({ at, kind: 'fault', label: 'us-east-1 stops answering' });
const short = (parts: Part[]) => parts.map(({ name, state, seconds }) => `${name} ${state} ${seconds ?? ''}`.trim());

describe('the recovery clock', () => {
  test('runs from detection while people decide', () => {
    const figures = recoveryFigures(recoveryWith(), [fault(later(-8))], later(160));

    expect(figures).toMatchObject({
      elapsedSeconds: 160,
      isRunning: true,
      rto: { seconds: 900, verdict: 'open', leftSeconds: 740 },
      rpo: { seconds: 300, verdict: 'unknown' },
      outcome: 'deciding',
    });
    expect(short(figures.parts)).toEqual(['detect done 8', 'decide running 160', 'execute waiting', 'verify waiting']);
  });

  test('runs on while the plan is carried out, and says when the target is missed', () => {
    const recovery = recoveryWith({ approvedAt: later(160), startedAt: later(160) });

    const figures = recoveryFigures(recovery, [], later(960));

    expect(figures).toMatchObject({
      isRunning: true,
      rto: { verdict: 'missed', leftSeconds: -60 },
      outcome: 'executing',
    });
    expect(short(figures.parts)).toEqual([
      'detect unknown',
      'decide done 160',
      'execute running 800',
      'verify waiting',
    ]);
  });

  test('counts what is verified until the run has ended, and not until somebody resolves the incident', () => {
    const recovery = recoveryWith({
      approvedAt: later(160),
      startedAt: later(162),
      recoveredAt: later(549),
      run: { planId: 'INC-1.p1', status: 'finished', recovered: true, endedAt: later(600) },
    });

    const figures = recoveryFigures(recovery, [], later(4000));

    expect(short(figures.parts).at(-1)).toBe('verify done 51');
  });

  test('stands still when users can write again, and counts how long that is verified', () => {
    const recovery = recoveryWith({
      approvedAt: later(160),
      startedAt: later(162),
      recoveredAt: later(549),
      lossSeconds: 12,
      rowsLost: 3,
    });

    const figures = recoveryFigures(recovery, [], later(700));

    expect(figures).toMatchObject({
      elapsedSeconds: 549,
      isRunning: false,
      rto: { verdict: 'met', leftSeconds: 351 },
      rpo: { verdict: 'met', lossSeconds: 12, rowsLost: 3 },
      outcome: 'verifying',
    });
    expect(short(figures.parts).slice(2)).toEqual(['execute done 387', 'verify running 151']);
  });

  test.each([
    ['too late, and too much is lost', { recoveredAt: later(901), lossSeconds: 301 }, 'missed', 'missed'],
    ['just in time', { recoveredAt: later(900), lossSeconds: 300 }, 'met', 'met'],
    ['nobody knows what is lost', { recoveredAt: later(1) }, 'met', 'unknown'],
  ])('judges: %s', (_, change, rto, rpo) => {
    const figures = recoveryFigures(recoveryWith(change), [], later(2000));

    expect([figures.rto.verdict, figures.rpo.verdict]).toEqual([rto, rpo]);
  });

  test('ends with the incident', () => {
    const recovery = recoveryWith({
      status: 'resolved',
      approvedAt: later(160),
      startedAt: later(160),
      recoveredAt: later(549),
      resolvedAt: later(800),
    });

    const figures = recoveryFigures(recovery, [], later(99_999));

    expect(figures.outcome).toBe('recovered');
    expect(short(figures.parts).slice(1)).toEqual(['decide done 160', 'execute done 389', 'verify done 251']);
  });

  test('claims no recovery for an incident that ended without one', () => {
    const recovery = recoveryWith({ status: 'resolved', resolvedAt: later(300) });

    const figures = recoveryFigures(recovery, [], later(99_999));

    expect(figures).toMatchObject({
      elapsedSeconds: 300,
      isRunning: false,
      rto: { verdict: 'unknown' },
      outcome: 'ended without recovery',
    });
    expect(short(figures.parts).slice(1)).toEqual(['decide left out 300', 'execute left out', 'verify left out']);
  });

  test('leaves out what nobody had to do: the trouble went away by itself', () => {
    const figures = recoveryFigures(recoveryWith({ recoveredAt: later(100) }), [], later(200));

    expect(figures.outcome).toBe('verifying');
    expect(short(figures.parts).slice(1)).toEqual(['decide left out 100', 'execute left out', 'verify running 100']);
  });

  test('takes the last fault before the detection for its beginning', () => {
    const marks = [fault(later(-600)), fault(later(-5)), fault(later(30))];

    expect(short(recoveryFigures(recoveryWith(), marks, later(60)).parts)[0]).toBe('detect done 5');
  });
});

test.each([
  [0, '00:00'],
  [59.6, '01:00'],
  [283, '04:43'],
  [3864, '1:04:24'],
  [-3, '00:00'],
])('%d seconds are %s on a clock', (seconds, text) => {
  expect(clockText(seconds)).toBe(text);
});
