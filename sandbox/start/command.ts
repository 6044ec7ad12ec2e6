import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { describeError, InvalidInput } from '../../src/domain/errors.ts';
import { createLogger } from '../../src/log.ts';
import { tryProcessLock } from '../../src/store/embedded/process-lock.ts';
import { startControl } from '../control/server.ts';
import { fixedStage } from '../control/stage.ts';
import { untilHealthy } from '../healthy.ts';
import { onEnd } from '../on-end.ts';
import { runPrompt } from '../prompt/prompt.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { speed, wholeNumber } from '../simulate/arguments.ts';

interface StartFlags {
  system?: string;
  seed: number;
  speed: number;
  runbooks: string;
}

/** Machine milliseconds before a bot that ended by itself is started again. */
const RESTART_PAUSE = 1000;

/** `lifeboat start` without a workspace: the simulated world, the real bot, and a prompt to play them from. */
export function startCommand(): Command {
  return new Command('start')
    .description('Start a simulated world with the real bot in it, and a prompt.')
    .option('--system <name>', 'the system to simulate; the first one by default')
    .option('--seed <number>', "the world's latencies follow from it", wholeNumber, 1)
    .option('--speed <number>', 'world seconds per second, up to 60', speed, 10)
    .option('--runbooks <folder>', 'your own runbooks', 'runbooks')
    .action(run);
}

async function run(flags: StartFlags): Promise<void> {
  const runbooksDirectory = resolve(flags.runbooks);
  const catalogue = await loadCatalogue(runbooksDirectory);
  const systemName = flags.system ?? Object.keys(catalogue.systems).sort()[0];
  if (!systemName)
    throw new InvalidInput('runbooks.none', `No system was found in ${runbooksDirectory}; run lifeboat lint.`);
  const state = resolve(process.env.LIFEBOAT_STATE_DIR ?? '.lifeboat');
  await mkdir(state, { recursive: true, mode: 0o700 });
  const lock = tryProcessLock(join(state, 'sandbox.lock'));
  if (!lock) {
    throw new InvalidInput(
      'sandbox.running',
      `A sandbox already runs in ${state}. Use that one, or set LIFEBOAT_STATE_DIR to another folder.`,
    );
  }
  const directory = join(state, 'sandbox');
  await rm(directory, { recursive: true, force: true });
  console.log('Starting a simulated world: two regions, PostgreSQL in both, Slack, PagerDuty, and the real bot.');
  let closing = false;
  const starting: Promise<Sandbox> = startSandbox({
    catalogue,
    runbooksDirectory,
    systemName,
    seed: flags.seed,
    speed: flags.speed,
    directory,
    logger: createLogger('warn'),
    onBotEnd(how) {
      if (closing) return;
      console.log(`The bot ended (${how}). It is started again; what it was doing goes on.`);
      setTimeout(() => {
        if (closing) return;
        starting
          .then((sandbox) => sandbox.restartBot('SIGKILL'))
          .then(({ pid }) => console.log(`The bot is back (process ${pid}).`))
          .catch((error: unknown) => console.error(describeError(error)));
      }, RESTART_PAUSE);
    },
  });
  onEnd(async () => {
    closing = true;
    await (await starting).close();
  });
  const sandbox = await starting;
  // What breaks before the bot has seen it whole could not be judged.
  await untilHealthy(sandbox);
  const control = await startControl(fixedStage(sandbox));
  console.log(
    flags.speed === 1
      ? 'Time passes as in reality.'
      : `Time passes ${flags.speed} times as fast as in reality; npm start -- --speed 1 for real time.`,
  );
  console.log(
    `Ready. The bot is process ${sandbox.bot().pid}, its log ${join(directory, 'bot.log')}, its health ${sandbox.bot().url}/readyz`,
  );
  await runPrompt({ url: control.url, input: process.stdin, output: process.stdout });
  closing = true;
  await control.close();
  await sandbox.close();
  lock.release();
}
