import { describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ToolCommand } from '../../../sandbox/control/wire.ts';
import { Panels } from '../../../sandbox/page/src/tools/panels.tsx';
import { stage } from '../support/world.ts';

const TOOLS: ToolCommand[] = [
  { tool: 'shell', title: 'Point the tools at this world', command: 'source .lifeboat/sandbox/env.sh' },
  { tool: 'kubectl', title: 'Pods in us-west-2', command: 'kubectl --context us-west-2 get pods' },
  { tool: 'aws', title: 'Databases in us-west-2', command: "aws rds describe-db-instances --query 'DBInstances[]'" },
  { tool: 'kubectl', title: 'Pods in us-east-1', command: 'kubectl --context us-east-1 get pods' },
];

async function tools(list: ToolCommand[] = TOOLS) {
  // It brings a clipboard of its own.
  const user = userEvent.setup();
  stage({ tools: list });
  render(<Panels />);
  await user.click(screen.getByRole('tab', { name: 'Your own tools' }));
  return user;
}

describe('the tools', () => {
  test('are commands by tool, in the order in which they are to be used', async () => {
    await tools();

    const groups = screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent);
    expect(groups).toEqual(['shell', 'kubectl', 'aws']);
    expect(within(screen.getByRole('region', { name: 'kubectl' })).getAllByRole('listitem')).toHaveLength(2);
  });

  test('are copied as they are', async () => {
    const user = await tools();

    await user.click(screen.getByRole('button', { name: /Databases in us-west-2/ }));

    expect(await navigator.clipboard.readText()).toBe("aws rds describe-db-instances --query 'DBInstances[]'");
    expect(screen.getByRole('button', { name: /^Copied ?: Databases in us-west-2/ })).toBeTruthy();
    expect(screen.getAllByRole('button', { name: /^Copy/ })).toHaveLength(TOOLS.length - 1);
  });

  test('say what to do where the browser refuses', async () => {
    const user = await tools();
    navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));

    await user.click(screen.getByRole('button', { name: /Pods in us-west-2/ }));

    expect(screen.getByRole('button', { name: /^Select it by hand ?: Pods in us-west-2/ })).toBeTruthy();
  });

  test('may be none', async () => {
    await tools([]);

    expect(screen.getByText('There are no commands for this world.')).toBeTruthy();
  });
});

describe('the panels', () => {
  test('are changed with the arrows, and only one is shown', async () => {
    const user = await tools();
    const selected = () => screen.getByRole('tab', { selected: true }).textContent;

    await user.keyboard('{ArrowRight}');
    const wrapped = selected();
    const shown = screen.getAllByRole('tabpanel').map(({ id }) => id);
    await user.keyboard('{ArrowLeft}');

    expect(wrapped).toBe('API calls');
    expect(shown).toHaveLength(1);
    expect(selected()).toBe('Your own tools');
    expect(document.activeElement?.textContent).toBe('Your own tools');
  });
});
