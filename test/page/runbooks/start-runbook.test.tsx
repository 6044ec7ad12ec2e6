import { describe, expect, test } from '@jest/globals';
import { act, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { RunbookPicture } from '../../../sandbox/control/wire.ts';
import { commandLine } from '../../../sandbox/page/src/runbooks/command-line.ts';
import { StartRunbook } from '../../../sandbox/page/src/runbooks/start-runbook.tsx';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { APPROVER, CHANNEL } from '../store/snapshot.ts';
import { stage } from '../support/world.ts';

const FAILOVER: RunbookPicture = {
  system: 'chatbot',
  systemTitle: 'AI Chatbot',
  id: 'region-failover',
  title: 'Primary region failure',
  severity: 'P0',
  modes: ['emergency', 'planned'],
  onlyLooks: false,
  parameters: [
    { name: 'to', type: 'region', usual: 'us-west-2', choices: ['us-east-1', 'us-west-2'] },
    { name: 'wait', type: 'duration', usual: '180' },
  ],
};
const OBSERVED: RunbookPicture = {
  system: 'rds',
  systemTitle: 'Chatbot database',
  id: 'failover-observed',
  title: 'RDS has failed over',
  severity: 'P1',
  modes: ['emergency'],
  onlyLooks: true,
  parameters: [{ name: 'event', type: 'string', required: true }],
};

function panel(runbooks = [FAILOVER, OBSERVED]) {
  const asked = stage({ runbooks });
  render(<StartRunbook />);
  return { ...asked, user: userEvent.setup() };
}

describe('the panel that starts runbooks', () => {
  test('lists those of every system, folded away at first', async () => {
    const { user } = panel();
    const before = screen.queryByRole('heading', { level: 4 });

    await user.click(screen.getByRole('button', { name: 'Show runbooks' }));

    expect(before).toBeNull();
    expect(screen.getByText('2 runbooks of 2 systems')).toBeTruthy();
    const groups = ['AI Chatbot chatbot', 'Chatbot database rds'].map((name) => screen.getByRole('region', { name }));
    expect(groups.map((group) => within(group).getByRole('heading', { level: 4 }).textContent)).toEqual([
      'P0 Primary region failure',
      'P1 RDS has failed over',
    ]);
    expect(screen.getByText(/It only looks, and begins at once/)).toBeTruthy();
  });

  test('types the command as whoever is chosen, with what was filled in', async () => {
    const { user, requests } = panel();
    act(() => useSession.getState().set({ person: APPROVER.id }));
    await user.click(screen.getByRole('button', { name: 'Show runbooks' }));

    await user.selectOptions(screen.getByRole('combobox', { name: 'mode' }), 'planned');
    await user.type(screen.getByRole('textbox', { name: 'wait' }), '5m');
    await user.type(screen.getAllByRole('textbox', { name: 'reason' })[0] as HTMLElement, 'a rehearsal');
    await user.click(screen.getByRole('button', { name: 'Start chatbot/region-failover as approver' }));

    const text = '/dr run chatbot/region-failover wait=5m --mode planned --reason "a rehearsal"';
    expect(requests).toEqual([`POST /command ${JSON.stringify({ as: APPROVER.id, channel: CHANNEL, text })}`]);
    expect(useSession.getState()).toMatchObject({ half: 'chat', channel: CHANNEL });
  });

  test('waits for what is needed', async () => {
    const { user, requests } = panel([OBSERVED]);
    await user.click(screen.getByRole('button', { name: 'Show runbooks' }));
    const start = screen.getByRole<HTMLButtonElement>('button', { name: /^Start rds/ });
    const before = start.disabled;

    await user.type(screen.getByRole('textbox', { name: /^event/ }), 'RDS-EVENT-0049');
    await user.click(start);

    expect(before).toBe(true);
    expect(requests[0]).toContain('/dr run rds/failover-observed event=RDS-EVENT-0049');
  });

  test('says why it could not be typed', async () => {
    const { user, refuseWith } = panel();
    refuseWith('A new world is being made; try again in a few seconds.');
    await user.click(screen.getByRole('button', { name: 'Show runbooks' }));

    await user.click(screen.getByRole('button', { name: /^Start chatbot/ }));

    expect(screen.getByRole('alert').textContent).toBe('A new world is being made; try again in a few seconds.');
  });

  test('is not there in a world without runbooks', () => {
    panel([]);

    expect(screen.queryByRole('heading')).toBeNull();
  });
});

test.each([
  [{ values: {}, reason: '' }, '/dr run chatbot/region-failover'],
  [{ values: { to: 'us-west-2' }, reason: '' }, '/dr run chatbot/region-failover'],
  [{ values: { to: 'us-east-1' }, mode: 'emergency', reason: ' ' }, '/dr run chatbot/region-failover to=us-east-1'],
  [{ values: { wait: 'a b' }, reason: 'say "no"' }, `/dr run chatbot/region-failover "wait=a b" --reason "say 'no'"`],
])('what is given as %j is the line %s', (given, line) => {
  expect(commandLine(FAILOVER, given)).toBe(line);
});
