import { describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ResetFailure } from '../../../sandbox/control/wire.ts';
import { App } from '../../../sandbox/page/src/app.tsx';
import { usePage } from '../../../sandbox/page/src/store.ts';
import { stage, tell } from '../support/world.ts';
import { snapshotWith } from './snapshot.ts';

const FAILURE: ResetFailure = {
  why: 'The new world could not be made. The simulated system did not become healthy within 60 s.',
  systems: [
    { name: 'chatbot', title: 'AI Chatbot' },
    { name: 'shop', title: 'Shop' },
  ],
  system: 'shop',
  seed: 7,
};

describe('a world that could not be made', () => {
  test('leaves a browser that has just come with the reason and a way to another', async () => {
    const user = userEvent.setup();
    const { requests } = stage();
    usePage.setState({ connection: 'connecting', snapshot: undefined });
    render(<App />);

    tell({ type: 'reset-failed', failure: FAILURE });
    const why = screen.getByRole('alert').textContent;
    await user.selectOptions(screen.getByRole('combobox', { name: 'System' }), 'AI Chatbot');
    await user.click(screen.getByRole('button', { name: 'Reset' }));
    tell({ type: 'resetting' });

    expect(why).toBe(FAILURE.why);
    expect(requests).toEqual(['POST /reset {"system":"chatbot","seed":7}']);
    expect(screen.getByRole('status').textContent).toContain('A new world is being made.');
  });

  test('begins again what failed when nothing else is chosen, and says why that is refused', async () => {
    const user = userEvent.setup();
    const { requests, refuseWith } = stage();
    usePage.setState({ connection: 'connecting', snapshot: undefined });
    render(<App />);
    tell({ type: 'reset-failed', failure: FAILURE });
    refuseWith('A new world is being made already.');

    await user.click(screen.getByRole('button', { name: 'Reset' }));

    expect(requests).toEqual(['POST /reset {"system":"shop","seed":7}']);
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual([
      FAILURE.why,
      'A new world is being made already.',
    ]);
  });

  test('is told above the last world to whoever has seen that, with the same way out', async () => {
    const user = userEvent.setup();
    const { requests } = stage();
    render(<App />);

    tell({ type: 'resetting' }, { type: 'reset-failed', failure: FAILURE });
    const notice = screen.getByRole('alert');
    await user.click(within(notice).getByRole('button', { name: 'Reset…' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Begin a new world' }));
    tell({ type: 'snapshot', snapshot: snapshotWith({ world: 2 }) });

    expect(notice.textContent).toContain(FAILURE.why);
    expect(requests).toEqual(['POST /reset {"system":"chatbot","seed":1}']);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
