import { beforeAll, describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { Mark, RecoveryPicture, Snapshot } from '../../../sandbox/control/wire.ts';
import { WritesChart } from '../../../sandbox/page/src/chart/writes-chart.tsx';
import { DETECTED, recoveryWith, snapshotWith } from '../store/snapshot.ts';
import { stage, tell } from '../support/world.ts';

const at = (seconds: number) => DETECTED + seconds * 1000;
const MARKS: Mark[] = [
  { at: at(-8), kind: 'fault', label: 'us-east-1 stops answering' },
  { at: at(0), kind: 'detection', label: 'detected' },
  { at: at(160), kind: 'approval', label: 'plan INC-1.p1 approved' },
  { at: at(405), kind: 'promotion', label: 'chatbot-prod-replica-west takes writes' },
  { at: at(519), kind: 'traffic', label: 'DNS names us-west-2' },
  { at: at(549), kind: 'recovery', label: 'users write again' },
];

function show(change: Partial<Snapshot>, client?: Snapshot['picture']['client']) {
  const { picture } = snapshotWith();
  stage({ clock: { now: at(600), speed: 0 }, picture: { ...picture, ...(client && { client }) }, ...change });
  return render(<WritesChart />);
}

const marks = () => screen.queryAllByRole('listitem').map((item) => item.textContent);
const said = () => screen.getByRole('img').getAttribute('aria-label');

// happy-dom draws nothing: what the strip looks like is seen in a browser.
beforeAll(() => {
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});

describe('the chart of writes', () => {
  const recovery = recoveryWith({ approvedAt: at(160), recoveredAt: at(549), downtimeSeconds: 549, rowsLost: 0 });

  test('lists everything that happened on one axis, numbered, with the end of the RTO in its place', () => {
    show({ marks: MARKS, recovery: { ...recovery, rtoSeconds: 400 } });

    expect(marks()).toEqual([
      '102:59:52us-east-1 stops answering',
      '203:00:00detected',
      '303:02:40plan INC-1.p1 approved',
      '03:06:40RTO of 6 min 40 s ends',
      '403:06:45chatbot-prod-replica-west takes writes',
      '503:08:39DNS names us-west-2',
      '603:09:09users write again',
    ]);
  });

  test('numbers only what is in the part that is shown', async () => {
    show({ marks: MARKS, recovery });
    const user = userEvent.setup();
    const whole = marks().length;

    await user.click(screen.getByRole('button', { name: '5 min' }));

    expect(whole).toBe(7);
    expect(marks()).toEqual([
      '103:06:45chatbot-prod-replica-west takes writes',
      '203:08:39DNS names us-west-2',
      '303:09:09users write again',
    ]);
    expect(screen.getByRole('button', { name: '5 min' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('turns to the incident as soon as there is one', () => {
    show({});
    const before = screen.queryByRole('button', { name: 'Incident' });
    const { clock, picture } = snapshotWith();

    tell({ type: 'world', clock, picture, recovery });

    expect(before).toBeNull();
    expect(screen.getByRole('button', { name: 'Incident' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('counts what became of the writes', () => {
    show({}, { acknowledged: 71, failed: 139, lost: 42, successRate: 1 });

    const card = within(screen.getByRole('region', { name: 'Users’ writes' }));

    expect(card.getByText('71 acknowledged')).toBeTruthy();
    expect(card.getByText('139 failed')).toBeTruthy();
    expect(card.getByText('42 lost')).toBeTruthy();
  });

  test.each<[string, Snapshot['picture']['client'], Partial<RecoveryPicture> | undefined]>([
    ['Nobody has written yet.', undefined, undefined],
    ['Every write was acknowledged.', { acknowledged: 9, failed: 0, lost: 0, successRate: 1 }, undefined],
    ['Users write. 1 write failed before.', { acknowledged: 9, failed: 1, lost: 0, successRate: 1 }, undefined],
    [
      "Some of users' last writes failed. No incident is declared.",
      { acknowledged: 9, failed: 4, lost: 0, successRate: 0.5 },
      undefined,
    ],
    [
      'Users cannot write. No incident is declared.',
      { acknowledged: 9, failed: 9, lost: 0, successRate: 0 },
      undefined,
    ],
    ['Users can write.', undefined, { downtimeSeconds: 0 }],
    ['Users could not write for 4 min 21 s so far.', undefined, { downtimeSeconds: 261 }],
    [
      'Users could not write for 9 min 9 s. 0 writes lost.',
      undefined,
      { downtimeSeconds: 549, recoveredAt: at(549), lossSeconds: 0, rowsLost: 0 },
    ],
    [
      'Users could not write for 9 min 9 s. 42 writes lost, 10 min 40 s of work.',
      undefined,
      { downtimeSeconds: 549, recoveredAt: at(549), lossSeconds: 640, rowsLost: 42 },
    ],
    ['Users could write all the time.', undefined, { downtimeSeconds: 0, status: 'resolved' }],
  ])('says it in a sentence: %s', (sentence, client, change) => {
    show(change ? { recovery: recoveryWith(change) } : {}, client);

    expect(screen.getByText(sentence)).toBeTruthy();
    expect(said()).toBe(`Writes over time. ${sentence}`);
  });
});
