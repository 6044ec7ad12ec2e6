import { describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import type { RecoveryPicture, Snapshot } from '../../../sandbox/control/wire.ts';
import { RecoveryClock } from '../../../sandbox/page/src/recovery/recovery-clock.tsx';
import { DETECTED, recoveryWith, snapshotWith } from '../store/snapshot.ts';
import { become, stage } from '../support/world.ts';

const at = (seconds: number) => DETECTED + seconds * 1000;

/** The card as somebody reads it, `seconds` after detection in a world that stands still. */
function read(recovery: Partial<RecoveryPicture> | undefined, seconds: number, change: Partial<Snapshot> = {}): string {
  stage({
    clock: { now: at(seconds), speed: 0 },
    marks: [{ at: at(-8), kind: 'fault', label: 'us-east-1 stops answering' }],
    ...(recovery && { recovery: recoveryWith(recovery) }),
    ...change,
  });
  render(<RecoveryClock />);
  return screen.getByRole('region', { name: 'Recovery clock' }).textContent ?? '';
}

const parts = () =>
  within(screen.getByRole('list'))
    .getAllByRole('listitem')
    .map((item) => item.textContent);

const DECIDED = { approvedAt: at(120), startedAt: at(125) };
const RECOVERED = { ...DECIDED, recoveredAt: at(540), lossSeconds: 0, rowsLost: 0 };

describe('before an incident', () => {
  test('the targets are told, and that users can write', () => {
    const card = read(undefined, 0);

    expect(card).toContain('No incident. Users can write.');
    expect(card).toContain('RTO 15 min (P0) · RPO 5 min');
  });

  test('it is said that no clock runs while writes fail', () => {
    const { picture } = snapshotWith();
    const client = { acknowledged: 1, failed: 4, lost: 0, successRate: 0 };

    const card = read(undefined, 0, { picture: { ...picture, client } });

    expect(card).toContain("Users' writes fail. No incident is declared, so no clock runs.");
  });
});

describe('the clock of an incident', () => {
  test('runs from detection while people decide', () => {
    const card = read({}, 90);

    expect(screen.getByRole('timer').textContent).toBe('01:30');
    expect(card).toContain('since detection, 03:00:00 UTC');
    expect(card).toContain('13:30 left');
    expect(card).toContain('loss not known yet');
    expect(screen.getByRole('status').textContent).toBe('Nothing has been changed yet: a plan must be approved.');
    expect(parts()).toEqual(['Detect8 s', 'Decide1 min 30 snow', 'Execute–', 'Verify–']);
  });

  test('tells apart what was decided and what is carried out', () => {
    read(DECIDED, 300);

    expect(screen.getByRole('status').textContent).toBe('The run changes the infrastructure; users cannot write yet.');
    expect(parts()).toEqual(['Detect8 s', 'Decide2 min', 'Execute2 min 55 snow', 'Verify–']);
  });

  test('says by how much the target is missed while it still runs', () => {
    const card = read(DECIDED, 1000);

    expect(card).toContain('01:40 over');
    expect(card).toContain('RTO 15 min: missed');
    expect(screen.getByRole('img', { name: '16 min 40 s of an RTO of 15 min' })).toBeTruthy();
  });

  test('stands still when users can write again, and gives both verdicts', () => {
    const card = read(RECOVERED, 600);

    expect(screen.getByRole('timer').textContent).toBe('09:00');
    expect(card).toContain('from detection until a user’s write succeeded');
    expect(card).toContain('06:00 to spare');
    expect(card).toContain('none lost');
    expect(screen.getByRole('status').textContent).toBe(
      'Users can write again, and the incident is still open. RTO met, RPO met.',
    );
  });

  test.each([
    ['nothing', {}, 'RTO met, RPO met.', 'none lost'],
    ['one write', { lossSeconds: 4, rowsLost: 1 }, 'RTO met, RPO met.', '4 s lost, 1 write'],
    ['too much', { lossSeconds: 640, rowsLost: 42 }, 'RTO met, RPO missed.', '10 min 40 s lost, 42 writes'],
    [
      'nobody knows what',
      { lossSeconds: undefined, rowsLost: undefined },
      'RTO met, the loss is not known.',
      'loss not known yet',
    ],
    ['nothing, too late', { rtoSeconds: 400 }, 'RTO missed, RPO met.', '02:20 too late'],
  ])('ends with what was lost: %s', (_, change, verdicts, figure) => {
    const { lossSeconds, rowsLost, ...rest } = { ...RECOVERED, ...change };
    const loss = { ...(lossSeconds !== undefined && { lossSeconds }), ...(rowsLost !== undefined && { rowsLost }) };

    const card = read({ ...rest, ...loss, status: 'resolved', resolvedAt: at(700) }, 800);

    expect(screen.getByRole('status').textContent).toBe(`Recovered, and the incident is resolved. ${verdicts}`);
    expect(card).toContain(figure);
    expect(parts().at(-1)).toBe('Verify2 min 40 s');
  });

  test('claims no recovery where there was none', () => {
    const card = read({ status: 'resolved', resolvedAt: at(300) }, 900);

    expect(screen.getByRole('timer').textContent).toBe('05:00');
    expect(card).toContain('10:00 left when it ended');
    expect(card).not.toMatch(/RTO 15 min: (met|missed)/);
    expect(screen.getByRole('status').textContent).toBe(
      'The incident was resolved without a recovery that could be measured.',
    );
    expect(parts()).toEqual(['Detect8 s', 'Decide5 min', 'Executeleft out', 'Verifyleft out']);
  });

  test('follows the sandbox', () => {
    read({}, 90);

    become({ recovery: recoveryWith(RECOVERED) });

    expect(screen.getByRole('timer').textContent).toBe('09:00');
  });

  test('does not claim to know when the trouble began', () => {
    read({}, 90, { marks: [] });

    expect(parts()[0]).toBe('Detectnot known');
  });
});
