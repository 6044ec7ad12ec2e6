import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { createLogger } from '../../src/log.ts';
import { tryProcessLock } from '../../src/store/embedded/process-lock.ts';
import { buildPage } from '../control/page.ts';
import type { Control } from '../control/server.ts';
import { onEnd } from '../on-end.ts';
import { runPrompt } from '../prompt/prompt.ts';
import { speed, wholeNumber } from '../simulate/arguments.ts';
import { listenOnAddress, port, USUAL_PORT } from './address.ts';
import { brokenLines } from './broken.ts';
import { openBrowser } from './browser.ts';
import { SandboxStage } from './stage.ts';

interface StartFlags {
  system?: string;
  seed?: number;
  speed?: number;
  runbooks: string;
  port?: number;
  new?: true;
  open: boolean;
}

const SPEED = 10;

/** `lifeboat start` without a workspace: the simulated world, the real bot, and a page and a prompt to play them from. */
export function startCommand(): Command {
  return new Command('start')
    .description('Start a simulated world with the real bot in it: on a page in the browser, and at a prompt.')
    .option('--system <name>', 'begin a new world of this system; the first one by default')
    .option('--seed <number>', 'begin a new world with the latencies that follow from this number', wholeNumber)
    .option('--speed <number>', 'world seconds per second, up to 60; 10 in a new world', speed)
    .option('--new', 'begin a new world instead of going on with the last one')
    .option('--port <number>', `of the page; the last one's by default, at first ${USUAL_PORT}`, port)
    .option('--no-open', 'do not open the page in the browser')
    .option('--runbooks <folder>', 'your own runbooks', process.env.RUNBOOKS_DIR || 'runbooks')
    .action(run);
}

async function run(flags: StartFlags): Promise<void> {
  const runbooksDirectory = resolve(flags.runbooks);
  const catalogue = await loadCatalogue(runbooksDirectory);
  const systemName = flags.system ?? Object.keys(catalogue.systems).sort()[0];
  for (const line of brokenLines(catalogue)) console.log(line);
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
  const page = join(state, 'page');
  const say = (sentence: string) => console.log(sentence);
  const stage = new SandboxStage(
    { catalogue, runbooksDirectory, directory, logger: createLogger('warn'), say },
    { systemName, seed: flags.seed ?? 1, speed: flags.speed ?? SPEED },
  );
  let control: Control | undefined;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      // At once: Ctrl+C reaches the bot as well, and its end is no news.
      const ending = stage.close();
      await control?.close();
      await ending;
      lock.release();
    })();
    return closing;
  };
  onEnd(close);

  console.log('Starting a simulated world: two regions, PostgreSQL in both, Slack, PagerDuty, and the real bot.');
  // Another system or seed than the last one's is another world.
  const anew = flags.new === true || flags.system !== undefined || flags.seed !== undefined;
  const starting = stage.start({ anew, ...(flags.speed !== undefined && { speed: flags.speed }) });
  // Told below; until then it is not unhandled.
  starting.catch(() => undefined);
  try {
    await buildPage(page);
    control = await listenOnAddress(stage, { port: flags.port, page, file: join(state, 'page-port'), say });
    const how = await starting;
    tellReady(stage, how, directory);
  } catch (error) {
    await close();
    throw error;
  }
  console.log(`The page: ${control.url}/`);
  if (flags.open) await openBrowser(`${control.url}/`);
  await runPrompt({ url: control.url, input: process.stdin, output: process.stdout });
  await close();
}

function tellReady(stage: SandboxStage, how: 'new' | 'continued', directory: string): void {
  const sandbox = stage.current();
  if (!sandbox) return;
  const { seed } = sandbox.world.state;
  console.log(
    how === 'new'
      ? `A new world of ${sandbox.systemName}, seed ${seed}.`
      : `The world of ${sandbox.systemName} goes on as it was left (seed ${seed}); npm start -- --new begins another.`,
  );
  const running = sandbox.world.clock.speed();
  if (running === 0) console.log('Time is paused, as it was left.');
  else if (running === 1) console.log('Time passes as in reality.');
  else console.log(`Time passes ${running} times as fast as in reality; the page changes that.`);
  const { pid, url } = sandbox.bot();
  console.log(`The bot is process ${pid}, its log ${join(directory, 'bot.log')}, its health ${url}/readyz`);
}
