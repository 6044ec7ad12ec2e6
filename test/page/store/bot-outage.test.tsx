import { expect, test } from '@jest/globals';
import { render, screen } from '@testing-library/react';
import { App } from '../../../sandbox/page/src/app.tsx';
import { stage, tell } from '../support/world.ts';

test('the page says that the bot is not running and why, as long as it is so', () => {
  stage({ botOutage: 'it ended with SIGTERM' });
  render(<App />);

  const first = screen.getByText(/^The bot is not running/).textContent;
  tell({ type: 'bot', outage: 'it did not start (it ended with status 2); its log is bot.log' });
  const second = screen.getByText(/^The bot is not running/).textContent;
  tell({ type: 'bot' });

  expect(first).toBe('The bot is not running: it ended with SIGTERM. It is started again.');
  expect(second).toBe(
    'The bot is not running: it did not start (it ended with status 2); its log is bot.log. It is started again.',
  );
  expect(screen.queryByText(/^The bot is not running/)).toBeNull();
});
