import { describe, expect, test } from '@jest/globals';
import { act, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { faultKindsOf } from '../../../sandbox/control/faults.ts';
import type { Snapshot } from '../../../sandbox/control/wire.ts';
import { FaultSwitches } from '../../../sandbox/page/src/faults/fault-switches.tsx';
import { useSession } from '../../../sandbox/page/src/session.ts';
import type { Fault } from '../../../sandbox/world/state.ts';
import { DETECTED, recoveryWith } from '../store/snapshot.ts';
import { become, stage, tell } from '../support/world.ts';

const regionDown: Fault = { name: 'region-down', target: 'us-east-1', since: DETECTED };
const replicaLag: Fault = { name: 'replica-lag', seconds: 600, since: DETECTED };

/** Two regions, of three zones each; in one of them a database instance and a deployment. */
const KINDS = faultKindsOf({
  rds: { 'us-east-1': { 'chatbot-prod': {} } },
  kubernetes: { 'us-east-1': { deployments: { 'chatbot-api': {} } }, 'us-west-2': { deployments: {} } },
} as never);

function switches(change: Partial<Snapshot> = {}) {
  const asked = stage({ faultKinds: KINDS, ...change });
  render(<FaultSwitches />);
  const user = userEvent.setup();
  /** Opens what is folded away under its heading. */
  const unfold = async () => {
    for (const heading of screen.queryAllByRole('button', { expanded: false })) await user.click(heading);
  };
  return { ...asked, user, unfold };
}

const east = () => screen.getByRole('switch', { name: /^us-east-1 ?, region does not answer/ });
const refuseEast = () => screen.getByRole('switch', { name: /^us-east-1 ?, region refuses connections/ });
const lag = () => screen.getByRole('switch', { name: /^Replica falls behind/ });

describe('the switches of faults', () => {
  test('are one for each thing that can break, with a sentence of what is seen of it', async () => {
    const { unfold } = switches();
    await unfold();

    const count = KINDS.reduce((sum, { targets }) => sum + (targets?.length ?? 1), 0);
    expect(screen.getAllByRole('switch')).toHaveLength(count);
    for (const { sentence } of KINDS) expect(screen.getByText(sentence)).toBeTruthy();
    expect(screen.getByText('Nothing is broken.')).toBeTruthy();
  });

  test('ask the sandbox, and move when the world has heard', async () => {
    const { user, requests } = switches();

    await user.click(east());
    const asked = east().getAttribute('aria-checked');
    tell({ type: 'fault', fault: regionDown, on: true });

    expect(requests).toEqual(['POST /fault {"name":"region-down:us-east-1"}']);
    expect(asked).toBe('false');
    expect(east().getAttribute('aria-checked')).toBe('true');
    expect(east().textContent).toContain('since 03:00:00');
    expect(refuseEast().getAttribute('aria-checked')).toBe('false');
  });

  test('are switched off again', async () => {
    const { user, requests } = switches({ faults: [regionDown] });

    await user.click(east());
    tell({ type: 'fault', fault: regionDown, on: false });

    expect(requests).toEqual(['DELETE /fault?name=region-down%3Aus-east-1']);
    expect(east().getAttribute('aria-checked')).toBe('false');
  });

  test('are pressed with the keyboard', async () => {
    const { user, requests } = switches();

    east().focus();
    await user.keyboard(' ');

    expect(requests).toEqual(['POST /fault {"name":"region-down:us-east-1"}']);
  });

  test('ask once while no answer has come', async () => {
    const { user, requests, hold, answer } = switches();
    hold();

    await user.click(east());
    await user.click(refuseEast());
    await user.pointer([{ keys: '[MouseLeft]', target: east() }]);
    const waiting = east().getAttribute('aria-busy');
    await answer();

    // The other fault is a row of its own.
    expect(requests).toEqual([
      'POST /fault {"name":"region-down:us-east-1"}',
      'POST /fault {"name":"region-refuse:us-east-1"}',
    ]);
    expect(waiting).toBe('true');
    expect(east().getAttribute('aria-busy')).toBe('false');
  });

  test('take a double click for one', async () => {
    const { user, requests } = switches();

    await user.dblClick(east());

    expect(requests).toEqual(['POST /fault {"name":"region-down:us-east-1"}']);
  });

  test('say why it was refused until it is asked again', async () => {
    const { user, refuseWith } = switches();
    refuseWith('A new world is being made; try again in a few seconds.');

    await user.click(east());
    const alert = screen.getByRole('alert').textContent;
    refuseWith(undefined);
    await user.click(east());

    expect(alert).toBe('A new world is being made; try again in a few seconds.');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('the switch of a duration', () => {
  test('switches on what is chosen', async () => {
    const { user, requests, unfold } = switches();
    await unfold();

    await user.selectOptions(screen.getByRole('combobox', { name: /Replica falls behind/ }), '30 s');
    const before = [...requests];
    await user.click(lag());

    expect(before).toEqual([]);
    expect(requests).toEqual(['POST /fault {"name":"replica-lag:30s"}']);
  });

  test('takes any other as it is typed', async () => {
    const { user, requests, unfold } = switches();
    await unfold();

    await user.selectOptions(screen.getByRole('combobox', { name: /Replica falls behind/ }), 'Other…');
    await user.type(screen.getByRole('textbox', { name: /for example/ }), '5m{Enter}');

    expect(requests).toEqual(['POST /fault {"name":"replica-lag:5m"}']);
  });

  test('shows what is on, changes it at once, and switches that off', async () => {
    const { user, requests } = switches({ faults: [replicaLag] });
    const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: /Replica falls behind/ });
    const shown = choice.selectedOptions[0]?.textContent;

    await user.selectOptions(choice, '30 s');
    await user.click(lag());

    expect(shown).toBe('10 min');
    expect(requests).toEqual(['POST /fault {"name":"replica-lag:30s"}', 'DELETE /fault?name=replica-lag%3A600s']);
  });
});

test('the switches are folded away by what they are about, but not where something is broken', async () => {
  const { user } = switches({ faults: [replicaLag] });
  const heading = (name: RegExp) => screen.getByRole('button', { name });

  const before = ['Regions', 'Databases', 'Services', 'DNS', 'Backups', 'Slack'].map((name) =>
    heading(new RegExp(`^${name}`)).getAttribute('aria-expanded'),
  );
  await user.click(heading(/^Backups/));

  expect(before).toEqual(['true', 'true', 'false', 'false', 'false', 'false']);
  expect(heading(/^Databases/).textContent).toContain('1 on');
  expect(screen.getByRole('switch', { name: /^Dumps are missing/ })).toBeTruthy();
});

test('the switches make room as soon as an incident is open, also for whoever was led to them', () => {
  switches({ faults: [regionDown] });
  act(() => useSession.getState().set({ showFaults: { at: 1 } }));
  const before = screen.getAllByRole('switch').length;

  become({ recovery: recoveryWith() });

  expect(before).toBeGreaterThan(0);
  expect(screen.queryAllByRole('switch')).toEqual([]);
  expect(screen.getByText(/^us-east-1 does not answer/)).toBeTruthy();
});

describe('while an incident is open', () => {
  const during = { recovery: recoveryWith(), faults: [regionDown, replicaLag] };

  test('only what is on is shown, until somebody asks for the switches', async () => {
    const { user } = switches(during);
    const hidden = screen.queryAllByRole('switch');
    const on = screen.getAllByRole('listitem').map((item) => item.textContent);

    await user.click(screen.getByRole('button', { name: 'Show switches' }));

    expect(hidden).toEqual([]);
    expect(on).toEqual([
      'us-east-1 does not answer since 03:00:00 UTC',
      'The replica is 10 min behind since 03:00:00 UTC',
    ]);
    expect(screen.getByRole('button', { name: 'Hide switches' }).getAttribute('aria-expanded')).toBe('true');
    expect(screen.getAllByRole('switch').length).toBeGreaterThan(0);
    expect(screen.getByText('2 are on')).toBeTruthy();
  });

  test('everything is mended with one button', async () => {
    const { user, requests } = switches(during);

    await user.click(screen.getByRole('button', { name: 'All off' }));
    tell({ type: 'fault', fault: regionDown, on: false }, { type: 'fault', fault: replicaLag, on: false });

    expect(requests).toEqual(['DELETE /fault?name=region-down%3Aus-east-1', 'DELETE /fault?name=replica-lag%3A600s']);
    expect(screen.queryByRole('button', { name: 'All off' })).toBeNull();
    expect(screen.getByText('Nothing is broken.')).toBeTruthy();
  });

  test('whoever is led here from elsewhere finds the first switch with the focus', async () => {
    switches(during);

    act(() => useSession.getState().set({ showFaults: { at: 1 } }));
    const region = within(screen.getByRole('region', { name: 'Faults' }));
    await act(() => new Promise<void>((resolve) => requestAnimationFrame(() => resolve())));

    expect(document.activeElement).toBe(region.getAllByRole('switch')[0]);
    expect(useSession.getState().showFaults).toBeUndefined();
  });
});
