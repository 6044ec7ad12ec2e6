import { Command, CommanderError } from 'commander';
import { LifeboatError } from '../src/domain/errors.ts';
import { simulateCommand } from './simulate/command.ts';
import { startCommand } from './start/command.ts';

/** Exit status for a wrong call or a sandbox that fails; 1 is kept for a simulation that did not recover. */
const WRONG = 2;

/** The verbs that need the simulated world: `start` without a workspace, and `simulate`. */
async function main(): Promise<void> {
  const program = new Command('lifeboat').exitOverride().addCommand(startCommand()).addCommand(simulateCommand());
  for (const command of program.commands) command.exitOverride().showHelpAfterError('Add --help for the options.');
  await program.parseAsync();
}

try {
  await main();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : WRONG);
  console.error(error instanceof LifeboatError || error instanceof Error ? error.message : error);
  process.exit(WRONG);
}
// Whatever a client library keeps open must not hold a finished command.
process.exit();
