import { beforeEach, describe, expect, test } from '@jest/globals';
import { act, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { FAULTS } from '../../../sandbox/control/faults.ts';
import type { Snapshot } from '../../../sandbox/control/wire.ts';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { TopBar } from '../../../sandbox/page/src/top-bar/top-bar.tsx';
import { DETECTED, recoveryWith } from '../store/snapshot.ts';
import { stage, tell } from '../support/world.ts';

const PAGE = 'http://127.0.0.1:4000/';

function open(query: string, change: Partial<Snapshot> = {}) {
  address(`${PAGE}${query}`);
  const user = userEvent.setup();
  const asked = stage({ faultKinds: FAULTS, ...change });
  render(<TopBar />);
  return { ...asked, user };
}

/** The browser's address. */
function address(url: string): void {
  (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(url);
}

/** What is rare stands in the bar and in the menu of narrow screens, of which one is shown. */
const button = (name: string) => screen.getAllByRole('button', { name })[0] as HTMLElement;
const dialog = (name: string | RegExp) => screen.queryByRole('dialog', { name });
const inDialog = () => within(screen.getByRole('dialog'));

beforeEach(() => address(PAGE));

describe('the speed of the world', () => {
  const speeds = () => screen.getByRole('group', { name: 'Speed of the world' });
  const chosen = () => within(speeds()).getByRole<HTMLInputElement>('radio', { checked: true }).parentElement;

  test('is shown as the sandbox says it, also one that is not among the usual ones', () => {
    open('', { clock: { now: DETECTED, speed: 20 } });

    expect(within(speeds()).getAllByRole('radio')).toHaveLength(5);
    expect(chosen()?.textContent).toBe('20×');
  });

  test('goes back after a pause to one that is not among the usual ones', () => {
    open('', { clock: { now: DETECTED, speed: 20 } });

    tell({ type: 'clock', clock: { now: DETECTED, speed: 0 } });

    expect(within(speeds()).getByRole('radio', { name: '20 times as fast as real time' })).toBeTruthy();
    expect(within(speeds()).getAllByRole('radio')).toHaveLength(5);
  });

  test('is changed with the keyboard, and moves when the world has heard', async () => {
    const { user, requests } = open('', { clock: { now: DETECTED, speed: 10 } });

    within(speeds()).getByRole('radio', { checked: true }).focus();
    await user.keyboard('{ArrowRight}');
    const waiting = chosen()?.textContent;
    tell({ type: 'clock', clock: { now: DETECTED, speed: 60 } });

    expect(requests).toEqual(['POST /clock {"speed":60}']);
    expect(waiting).toBe('10×');
    expect(chosen()?.textContent).toBe('60×');
  });

  test('may be none: the world is paused, and its clock says so', async () => {
    const { user, requests } = open('');

    await user.click(screen.getByRole('radio', { name: 'Pause: the world stands still' }));
    tell({ type: 'clock', clock: { now: DETECTED, speed: 0 } });

    expect(requests).toEqual(['POST /clock {"speed":0}']);
    expect(screen.getByText('paused')).toBeTruthy();
    expect(screen.getByText('03:00:00 UTC')).toBeTruthy();
  });

  test('says why it could not be changed, until that is closed', async () => {
    const { user, refuseWith } = open('');
    refuseWith('A new world is being made; try again in a few seconds.');

    await user.click(screen.getByRole('radio', { name: '60 times as fast as real time' }));
    const refusal = screen.getByRole('alert').textContent;
    await user.click(screen.getByRole('button', { name: 'Close' }));

    expect(refusal).toContain('A new world is being made; try again in a few seconds.');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('a reset', () => {
  test('asks first, and does nothing when it is cancelled', async () => {
    const { user, requests } = open('');

    await user.click(button('Reset…'));
    const asked = dialog('Begin a new world?');
    await user.click(inDialog().getByRole('button', { name: 'Cancel' }));

    expect(asked).not.toBeNull();
    expect(dialog('Begin a new world?')).toBeNull();
    expect(requests).toEqual([]);
  });

  test('begins the world that was chosen, once', async () => {
    const { user, requests, hold, answer } = open('');
    await user.click(button('Reset…'));

    await user.selectOptions(inDialog().getByRole('combobox', { name: 'System' }), 'Shop');
    await user.clear(inDialog().getByRole('textbox', { name: /^Seed/ }));
    await user.type(inDialog().getByRole('textbox', { name: /^Seed/ }), '7');
    hold();
    await user.click(inDialog().getByRole('button', { name: 'Begin a new world' }));
    const busy = inDialog().getByRole<HTMLButtonElement>('button', { name: 'A new world is being made…' });
    await user.click(busy);
    await answer();

    expect(busy.disabled).toBe(true);
    expect(requests).toEqual(['POST /reset {"system":"shop","seed":7}']);
    expect(dialog('Begin a new world?')).toBeNull();
  });

  test('takes no seed that is none', async () => {
    const { user, requests } = open('');
    await user.click(button('Reset…'));

    await user.type(inDialog().getByRole('textbox', { name: /^Seed/ }), 'x{Enter}');

    expect(inDialog().getByText('The seed is a whole number.')).toBeTruthy();
    expect(inDialog().getByRole<HTMLButtonElement>('button', { name: 'Begin a new world' }).disabled).toBe(true);
    expect(requests).toEqual([]);
  });

  test.each([
    ['open', 'INC-1 is open. It would be lost, with everything said and done in it.'],
    ['resolved', undefined],
  ] as const)('warns of an incident that is %s', async (status, warning) => {
    const { user } = open('', { recovery: recoveryWith({ status }) });

    await user.click(button('Reset…'));

    expect(inDialog().queryByText(/is open/)?.textContent).toBe(warning);
  });

  test('stays open with the reason when it was refused', async () => {
    const { user, refuseWith } = open('');
    refuseWith('A new world is being made already.');

    await user.click(button('Reset…'));
    await user.click(inDialog().getByRole('button', { name: 'Begin a new world' }));

    expect(inDialog().getByRole('alert').textContent).toBe('A new world is being made already.');
  });

  test('is asked for from elsewhere on the page, too', () => {
    open('');

    act(() => useSession.getState().set({ askReset: { at: 1 } }));

    expect(dialog('Begin a new world?')).not.toBeNull();
    expect(useSession.getState().askReset).toBeUndefined();
  });
});

describe('a link to share', () => {
  const faults = [{ name: 'region-down', target: 'us-east-1', since: 1 } as const];
  const LINK = `${PAGE}?system=chatbot&fault=region-down:us-east-1&seed=7`;

  test('is copied, and that is said', async () => {
    const { user } = open('', { faults, seed: 7 });

    await user.click(button('Share'));

    expect(await navigator.clipboard.readText()).toBe(LINK);
    expect(button('Link copied')).toBeTruthy();
  });

  test('is shown to be copied by hand where the browser refuses', async () => {
    const { user } = open('', { faults, seed: 7 });
    navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));

    await user.click(button('Share'));

    expect(dialog('Copy this link')).not.toBeNull();
    expect(inDialog().getByRole<HTMLTextAreaElement>('textbox', { name: 'Link of this scenario' }).value).toBe(LINK);
  });
});

describe('a page that was opened with a link', () => {
  const QUERY = '?system=chatbot&fault=region-down:us-east-1&seed=7&theme=x';
  const QUESTION = 'Start AI Chatbot anew with seed 7 and us-east-1 not answering?';

  test('asks, plays the scenario, and forgets the link', async () => {
    const { user, requests } = open(QUERY);

    const question = dialog(QUESTION);
    await user.click(inDialog().getByRole('button', { name: 'Start anew' }));

    expect(question).not.toBeNull();
    expect(requests).toEqual(['POST /reset {"system":"chatbot","seed":7,"faults":["region-down:us-east-1"]}']);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(window.location.href).toBe(`${PAGE}?theme=x`);
  });

  test('keeps the world when somebody wants that', async () => {
    const { user, requests } = open(QUERY, { recovery: recoveryWith() });

    const warning = inDialog().queryByText(/INC-1 is open/);
    await user.click(inDialog().getByRole('button', { name: 'Keep this world' }));

    expect(warning).not.toBeNull();
    expect(requests).toEqual([]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(window.location.href).toBe(`${PAGE}?theme=x`);
  });

  test('asks nothing when that scenario runs already', () => {
    open('?system=chatbot&seed=1');

    expect(screen.queryByRole('dialog')).toBeNull();
    expect(window.location.href).toBe(PAGE);
  });

  test.each([
    ['?seed=seven', 'This link asks for the seed "seven", which is not a whole number.'],
    [
      '?system=chatbt',
      'This link asks for the system "chatbt", which this sandbox does not have; it has chatbot, shop.',
    ],
  ])('says what is wrong with it: %s', async (query, sentence) => {
    const { user, requests } = open(query);

    const said = dialog('This link cannot be played')?.textContent;
    await user.click(inDialog().getByRole('button', { name: 'Close' }));

    expect(said).toContain(sentence);
    expect(said).toContain('The world stays as it is.');
    expect(requests).toEqual([]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(window.location.href).toBe(PAGE);
  });

  test('says what the sandbox finds wrong with it', async () => {
    const { user, refuseWith } = open('?system=shop&fault=region-down:eu-west-1');
    refuseWith('The system is not in the region "eu-west-1"; it is in eu-north-1: try region-down:eu-north-1.');

    await user.click(inDialog().getByRole('button', { name: 'Start anew' }));

    expect(dialog('This link cannot be played')).not.toBeNull();
    expect(inDialog().getByRole('alert').textContent).toContain('it is in eu-north-1');
  });
});

describe('what belongs to this browser', () => {
  test('hints are closed and found again', async () => {
    const { user } = open('');

    await user.click(button('Hints'));
    const closed = [useSession.getState().invitation, button('Hints').getAttribute('aria-pressed')];
    await user.click(button('Hints'));

    expect(closed).toEqual(['closed', 'false']);
    expect(useSession.getState().invitation).toBe('open');
    expect(button('Hints').getAttribute('aria-pressed')).toBe('true');
  });

  test('the theme is chosen', async () => {
    const { user } = open('');

    await user.selectOptions(screen.getAllByRole('combobox', { name: 'Theme' })[0] as HTMLElement, 'Dark theme');

    expect(useSession.getState().theme).toBe('dark');
  });
});
