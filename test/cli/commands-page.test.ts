import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { COMMANDS } from '../../commands/index.ts';
import { commandsPage } from '../../src/cli/commands-page.ts';

it('describes the verbs in docs/commands.md as they are', () => {
  expect(readFileSync('docs/commands.md', 'utf8')).toBe(commandsPage(COMMANDS));
});
