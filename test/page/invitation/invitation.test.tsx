import { describe, expect, test } from '@jest/globals';
import { act, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { PlanPicture, Snapshot } from '../../../sandbox/control/wire.ts';
import { Invitation } from '../../../sandbox/page/src/invitation/invitation.tsx';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { APPROVER, CHANNEL, DETECTED, messageOf, REQUESTER, recoveryWith } from '../store/snapshot.ts';
import { become, stage, tell } from '../support/world.ts';

const FAULT = { name: 'region-down', target: 'us-east-1', since: DETECTED } as const;
const BOARD = messageOf('10', { key: 'slack/board/INC-1' });
const CARD = messageOf('11', { key: 'slack/plan/INC-1.p1' });
const plan = (status: PlanPicture['status']): PlanPicture => ({ id: 'INC-1.p1', status, requestedBy: REQUESTER.id });
const RUN = {
  plan: plan('approved'),
  run: { planId: 'INC-1.p1', status: 'running' },
  approvedAt: DETECTED + 100_000,
} as const;

const BROKEN: Partial<Snapshot> = { faults: [FAULT] };
const PLANNED: Partial<Snapshot> = {
  ...BROKEN,
  messages: { [CHANNEL]: [BOARD, CARD] },
  recovery: recoveryWith({ plan: plan('awaiting approval') }),
};
const RUNNING: Partial<Snapshot> = { ...PLANNED, recovery: recoveryWith(RUN) };
const RESOLVED: Partial<Snapshot> = {
  ...PLANNED,
  faults: [],
  recovery: recoveryWith({
    ...RUN,
    status: 'resolved',
    recoveredAt: DETECTED + 549_000,
    resolvedAt: DETECTED + 600_000,
  }),
};

function invite(change: Partial<Snapshot> = {}) {
  stage(change);
  render(<Invitation />);
  return userEvent.setup();
}

const bar = () => screen.getByRole('complementary', { name: 'What to do next' });
const parts = () =>
  within(bar())
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);
const sentence = () => screen.getByRole('status').textContent;

describe('the invitation', () => {
  test('begins with something to break', async () => {
    const user = invite();
    const said = sentence();

    await user.click(screen.getByRole('button', { name: 'Show the switches' }));

    expect(parts()).toEqual([
      '1Break something, now',
      '2Type /dr failover chatbot',
      '3Approve as somebody else',
      '4Watch',
    ]);
    expect(said).toBe('AI Chatbot is healthy. Break something: take us-east-1 away, for example.');
    expect(useSession.getState()).toMatchObject({ half: 'world', showFaults: { at: expect.any(Number) } });
  });

  test('follows the fault with the command, and writes it for whoever wants that', async () => {
    const user = invite();

    tell({ type: 'fault', fault: FAULT, on: true });
    await user.click(screen.getByRole('button', { name: 'Write it for me' }));

    expect(sentence()).toBe('us-east-1 does not answer. Ask for a plan: type /dr failover chatbot in Slack.');
    expect(parts().slice(0, 2)).toEqual(['✓Break something, done', '2Type /dr failover chatbot, now']);
    expect(useSession.getState()).toMatchObject({ half: 'chat', compose: { text: '/dr failover chatbot' } });
  });

  test('follows the plan with somebody else who approves it', async () => {
    const user = invite(BROKEN);

    become(PLANNED);
    const asked = sentence();
    await user.click(screen.getByRole('button', { name: 'Become Ada Approver' }));

    expect(asked).toBe(
      'Plan INC-1.p1 waits: you asked for it, so somebody else must approve it. Approve it as Ada Approver.',
    );
    expect(useSession.getState()).toMatchObject({
      half: 'chat',
      person: APPROVER.id,
      channel: CHANNEL,
      reveal: { ts: CARD.ts },
    });
    // Now they are the one who may.
    expect(sentence()).toBe('Read plan INC-1.p1 and decide: approve it, or reject it. Nothing has been changed yet.');
  });

  test('gets out of the way while there is nothing to do but to watch', () => {
    invite(PLANNED);
    const before = bar().dataset.quiet;

    become(RUNNING);

    expect(before).toBe('false');
    expect(bar().dataset.quiet).toBe('true');
    expect(sentence()).toBe('The board and the map follow the run: nothing needs to be done.');
    expect(parts()[3]).toBe('4Watch, now');
    const buttons = within(bar()).getAllByRole('button');
    expect(buttons.map((button) => button.textContent || button.getAttribute('aria-label'))).toEqual([
      'Show the board',
      'Close these hints',
    ]);
  });

  test('comes back for a question that the run asks', async () => {
    const user = invite(RUNNING);

    become({ recovery: recoveryWith({ ...RUN, run: { ...RUN.run, question: 'Does sign-in work?' } }) });
    await user.click(screen.getByRole('button', { name: 'Show the question' }));

    expect(sentence()).toBe(
      'A person must check. Does sign-in work? Answer on the board. In this world, look whether users’ writes succeed.',
    );
    expect(useSession.getState()).toMatchObject({ half: 'chat', reveal: { ts: BOARD.ts } });
  });

  test('ends with everything done, and another disaster', async () => {
    const user = invite(RESOLVED);

    await user.click(screen.getByRole('button', { name: 'Reset…' }));

    expect(parts().every((part) => part?.startsWith('✓'))).toBe(true);
    expect(sentence()).toBe(
      'INC-1 is resolved after a recovery in 9 min 9 s. Reset the world to try another disaster.',
    );
    expect(useSession.getState().askReset).toBeDefined();
  });

  test('is closed, stays closed while the world goes on, and is back with the next', async () => {
    const user = invite();

    await user.click(screen.getByRole('button', { name: 'Close these hints' }));
    tell({ type: 'fault', fault: FAULT, on: true });
    const closed = screen.queryByRole('complementary');
    act(() => useSession.getState().enter(1));
    act(() => useSession.getState().enter(2));

    expect(closed).toBeNull();
    expect(bar()).toBeTruthy();
  });

  test('is found again in the same world, where it stands by then', async () => {
    const user = invite();

    await user.click(screen.getByRole('button', { name: 'Close these hints' }));
    become(RUNNING);
    act(() => useSession.getState().set({ invitation: 'open' }));

    expect(sentence()).toBe('The board and the map follow the run: nothing needs to be done.');
  });
});
