import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../commands/index.ts';

describe('the commands', () => {
  test('are one file each, and every file is listed', () => {
    const files = readdirSync('commands').filter((name) => name !== 'index.ts');

    expect(COMMANDS.map(({ verb }) => `${verb}.ts`).toSorted()).toEqual(files.toSorted());
  });

  test.each(COMMANDS.map((command) => [command.verb, command] as const))(
    '%s can be shown and typed',
    (verb, command) => {
      expect(verb).toMatch(/^[a-z]+$/);
      expect(command.usage.split(' ')[0]).toBe(verb);
      expect(command.summary).toMatch(/^[A-Z][^.]+[^.]$/);
      expect(command.notDone).toMatch(/\.$/);
      for (const flag of [...command.grammar.flags, ...(command.grammar.switches ?? [])])
        expect(command.usage).toContain(`--${flag}`);
      for (const name of command.grammar.positionals) {
        const usage = command.usage.replace('incident|system', 'subject').replace('plan|run', 'target');
        expect(usage.replace('watch|incident', 'watch')).toMatch(new RegExp(`[<[]${name}[>\\]]`));
      }
      if (command.form) expect([...command.grammar.flags, command.grammar.rest]).toContain(command.form.argument);
    },
  );
});
