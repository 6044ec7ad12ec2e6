import { describe, expect, it } from '@jest/globals';
import type { RdsInstance } from '../../../sandbox/aws/rds/state.ts';
import { type MarkEvidence, marksOf } from '../../../sandbox/measurements/marks.ts';
import type { Transition } from '../../../sandbox/world/state.ts';
import { approved, DETECTED, declared, plannedStep, planWith, stateAfter } from '../../support/incident.ts';

const plan = planWith([plannedStep('promote')]);
const created = { type: 'plan.created', plan } as const;

const promotion: Transition = {
  service: 'rds',
  region: 'us-west-2',
  kind: 'promotion',
  resource: 'replica-west',
  from: 1000,
  to: 5000,
};

const instanceWith = (status: string) =>
  ({ 'us-west-2': { 'replica-west': { identifier: 'replica-west', status } as RdsInstance } }) as const;

const evidence = (change: Partial<MarkEvidence['state']> & Partial<Omit<MarkEvidence, 'state'>> = {}): MarkEvidence => {
  const { incidents = [], breaks = [], now = 10_000, ...state } = change;
  return { state: { transitions: [], rds: {}, ...state }, incidents, breaks, now };
};

describe('marks', () => {
  it.each([
    [{ name: 'region-down', target: 'us-east-1' }, 'us-east-1 stops answering', 'us-east-1 answers again'],
    [
      { name: 'region-refuse', target: 'us-east-1' },
      'us-east-1 refuses connections',
      'us-east-1 accepts connections again',
    ],
    [{ name: 'route53-control-plane-down' }, "Route 53's API stops answering", "Route 53's API answers again"],
    [{ name: 'replica-lag', seconds: 600 }, 'the replica falls 10 min behind', 'the replica catches up'],
  ] as const)('tell when %o was switched', (fault, on, off) => {
    const faultLog = [
      { ...fault, at: 1000, on: true },
      { ...fault, at: 2000, on: false },
    ];

    const marks = marksOf(evidence({ faultLog }));

    expect(marks).toEqual([
      { at: 1000, kind: 'fault', label: on },
      { at: 2000, kind: 'mended', label: off },
    ]);
  });

  it('tell detection and approval of every incident', () => {
    const incidents = [stateAfter(declared, created, approved), { ...stateAfter(declared), id: 'INC-2' }];

    const marks = marksOf(evidence({ incidents }));

    expect(marks).toEqual([
      { at: DETECTED, kind: 'detection', label: 'INC-1 detected' },
      { at: DETECTED, kind: 'detection', label: 'INC-2 detected' },
      { at: DETECTED + 22_000, kind: 'approval', label: 'plan INC-1.p1 approved' },
    ]);
  });

  it('leave out a rejection', () => {
    const rejected = { type: 'plan.rejected', planId: plan.id, by: 'U0APPROVER' } as const;

    const marks = marksOf(evidence({ incidents: [stateAfter(declared, created, rejected)] }));

    expect(marks.map(({ kind }) => kind)).toEqual(['detection']);
  });

  it.each([
    ['while it goes on', 4000, 'modifying', []],
    ['when it should have ended and has not', 6000, 'rebooting', []],
    ['when it has ended', 6000, 'available', [{ at: 5000, kind: 'promotion', label: 'replica-west is the primary' }]],
  ])('tell a promotion %s', (_when, now, status, expected) => {
    const marks = marksOf(evidence({ transitions: [promotion], rds: instanceWith(status), now }));

    expect(marks).toEqual(expected);
  });

  it('tell where traffic went, and where users could write again', () => {
    const marks = marksOf(
      evidence({
        trafficLog: [
          { at: 1000, what: 'load-balancer', region: 'us-west-2', to: 'service' },
          { at: 2000, what: 'dns', region: 'us-west-2' },
        ],
        breaks: [
          { from: 0, to: 3000, failed: 9, lastBefore: undefined },
          { from: 4000, to: undefined, failed: 5, lastBefore: 3900 },
        ],
      }),
    );

    expect(marks).toEqual([
      { at: 1000, kind: 'traffic', label: 'us-west-2 load balancer opens' },
      { at: 2000, kind: 'traffic', label: 'DNS names us-west-2' },
      { at: 3000, kind: 'recovery', label: 'users write again in us-west-2' },
    ]);
  });
});
