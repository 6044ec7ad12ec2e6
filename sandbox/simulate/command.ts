import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import { createLogger } from '../../src/log.ts';
import { FAILOVER_RUNBOOK } from '../../src/usecases/check-failover.ts';
import { parseFault } from '../control/faults.ts';
import { onEnd } from '../on-end.ts';
import { startSandbox } from '../sandbox.ts';
import { duration, durationOrNever, oneOf, speed, wholeNumber } from './arguments.ts';
import { describeReport } from './describe.ts';
import { simulate } from './simulate.ts';
import { isPassed } from './verdict.ts';

interface SimulateFlags {
  fault?: string[];
  mode: 'emergency' | 'planned';
  seed: number;
  speed: number;
  approveAfter?: number | 'never';
  for: number;
  runbooks: string;
  json?: true;
  keep?: true;
}

/** `lifeboat simulate <system>/<runbook>`: sets `process.exitCode`, 0 only when the client of the product recovered. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Rehearse a disaster from the first failure to the last check, without a person.')
    .argument('<system/runbook>', 'for example chatbot/region-failover')
    .option('--fault <name>', 'what breaks, for example region-down:us-east-1; repeatable', collect)
    .option('--mode <mode>', 'emergency or planned', oneOf('emergency', 'planned'), 'emergency')
    .option('--seed <number>', "the world's latencies and reactions follow from it", wholeNumber, 1)
    .option('--speed <number>', 'world seconds per second', speed, 10)
    .option('--approve-after <duration>', 'from the fault to the approval, for example 20m, or never', durationOrNever)
    .addOption(
      new Option('--for <duration>', 'how long to look when nobody approves')
        .argParser(duration)
        .default(65 * 60, '65m'),
    )
    .option('--runbooks <folder>', 'your own runbooks', process.env.RUNBOOKS_DIR || 'runbooks')
    .option('--json', 'print the report as JSON (docs/simulate.md)')
    .option('--keep', "keep the folder with the bot's log and databases, and say where it is")
    .action(async (subject: string, flags: SimulateFlags) => {
      process.exitCode = await run(subject, flags);
    });
}

async function run(subject: string, flags: SimulateFlags): Promise<number> {
  const [systemName = '', runbook = '', ...rest] = subject.split('/');
  if (!systemName || !runbook || rest.length > 0) {
    throw new InvalidInput(
      'simulate.subject',
      `Write <system>/<runbook>, for example chatbot/region-failover, not "${subject}".`,
    );
  }
  const runbooksDirectory = resolve(flags.runbooks);
  const catalogue = await loadCatalogue(runbooksDirectory);
  const entry = catalogue.systems[systemName];
  if (entry && !entry.runbooks[runbook]) {
    const names = Object.keys(entry.runbooks);
    const meant = nearestWord(runbook, names);
    const broken = catalogue.problems.find(({ file }) => file.includes(`/${systemName}/${runbook}.`));
    if (broken)
      throw new InvalidInput('runbook.broken', `${broken.file}:${broken.line}:${broken.column} ${broken.message}`);
    throw new InvalidInput(
      'runbook.unknown',
      `${systemName} has no runbook "${runbook}"${meant ? `; did you mean ${meant}` : ''}. It has: ${names.join(', ')}.`,
    );
  }
  if (entry && runbook !== FAILOVER_RUNBOOK) {
    throw new InvalidInput(
      'simulate.runbook',
      `simulate plays /dr failover, which runs ${systemName}/${FAILOVER_RUNBOOK}; ${runbook} cannot be simulated yet.`,
    );
  }
  const regions = entry ? Object.values(entry.system.regions) : undefined;
  const faults = (flags.fault ?? []).map((text) => parseFault(text, regions ? { region: regions } : undefined));
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-simulate-'));
  const logger = createLogger(process.env.LOG_LEVEL === 'debug' ? 'debug' : 'silent');
  const starting = startSandbox({
    catalogue,
    runbooksDirectory,
    systemName,
    seed: flags.seed,
    speed: flags.speed,
    directory,
    logger,
  });
  onEnd(async () => (await starting).close());
  const sandbox = await starting;
  try {
    const report = await simulate(sandbox, runbook, {
      faults,
      mode: flags.mode,
      approveAfter: flags.approveAfter,
      forSeconds: flags.for,
    });
    console.log(flags.json ? JSON.stringify(report, null, 2) : describeReport(report));
    return isPassed(report) ? 0 : 1;
  } finally {
    await sandbox.close();
    if (flags.keep) console.error(`The bot's log and databases are in ${directory}`);
    else await rm(directory, { recursive: true, force: true });
  }
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}
