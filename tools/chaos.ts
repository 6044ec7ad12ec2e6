// npm run test:chaos [-- --short]: recoveries of chatbot/region-failover while everything that Lifeboat stands on fails, at
// every journal event in turn. Prints what struck how often, what was survived, and the longest takeover; exit status 1
// and the seed and moment of everything that was not survived.
import { Command, InvalidArgumentError, Option } from 'commander';
import { oneOf, speed, wholeNumber } from '../sandbox/simulate/arguments.ts';
import { CHAOS_FAULTS } from './chaos/faults/index.ts';
import { type Job, type JobResult, Moment } from './chaos/job.ts';
import { playAll } from './chaos/pool.ts';
import { isRedisInstalled } from './chaos/redis.ts';
import { fullSchedule, shortSchedule } from './chaos/schedule.ts';
import { describeViolation, formatTable, rowsOf } from './chaos/table.ts';

const DAY = 86_400_000;

interface Flags {
  short?: boolean;
  json?: true;
  seed: number;
  speed: number;
  worlds: number;
  queue?: Job['queue'];
  fault?: string[];
  at?: Moment[];
}

const flags = new Command('test:chaos')
  .description('Simulated recoveries while everything that Lifeboat stands on fails.')
  .option('--short', 'one recovery with a few faults that the seed draws, in less than a minute')
  .option('--fault <name>', 'only this fault; repeatable, each with its own --at', faultNames)
  .option('--at <moment>', 'sequence of the event that the fault follows, or its name: "step.started promote"', moments)
  .option('--queue <where>', 'postgres or redis', oneOf('postgres', 'redis'))
  .addOption(
    new Option('--seed <number>', 'of the worlds and of what is drawn; by default the number of the day')
      .argParser(wholeNumber)
      .default(Math.floor(Date.now() / DAY)),
  )
  .option('--speed <number>', 'world seconds per second; lower on a busy machine', speed, 40)
  .option('--worlds <number>', 'how many at once; one keeps a core busy', wholeNumber, 2)
  .option('--json', 'print the rows and every recovery as JSON')
  .parse()
  .opts<Flags>();

const jobs = jobsOf(flags);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort());
const results: JobResult[] = [];
await playAll(jobs, {
  width: flags.worlds,
  signal: ending.signal,
  onResult(result) {
    results.push(result);
    const { struck, violations, seconds } = result;
    const faults = [...new Set(result.job.strikes.map(({ fault }) => fault))].join(', ');
    const verdict = violations.length === 0 ? 'survived' : 'NOT SURVIVED';
    console.error(`${results.length}/${jobs.length} ${faults}: ${struck.length} strikes, ${verdict}, ${seconds} s`);
    if (violations.length > 0) console.error(describeViolation(result));
  },
});

const rows = rowsOf(CHAOS_FAULTS, results);
const isSurvived = results.length === jobs.length && results.every(({ violations }) => violations.length === 0);
console.log(
  flags.json ? JSON.stringify({ version: 1, seed: flags.seed, rows, recoveries: results }, null, 2) : formatTable(rows),
);
process.exitCode = isSurvived ? 0 : 1;

function jobsOf({ short = false, queue, fault: names = [], at = [], seed, speed: pace }: Flags): Job[] {
  const faults = CHAOS_FAULTS.filter((fault) => fault.queue !== 'redis' || isRedisInstalled());
  if (faults.length < CHAOS_FAULTS.length) {
    console.error('redis-server is not on the PATH: what needs it is left out (Debian: redis-server).');
  }
  const known = CHAOS_FAULTS.filter(({ name }) => names.includes(name));
  if (known.length > 0 && at.length > 0) {
    const strikes = at.map((moment, index) => ({ fault: names[index] ?? names[0] ?? '', at: moment }));
    const needed = known.find((fault) => fault.queue !== undefined)?.queue;
    return [{ seed, speed: pace, strikes, queue: queue ?? needed ?? 'postgres', short }];
  }
  const world = { seed, speed: pace };
  const chosen = known.length > 0 ? known : faults;
  return short && known.length === 0 ? shortSchedule(chosen, world) : fullSchedule(chosen, world);
}

function faultNames(text: string, before: string[] = []): string[] {
  if (CHAOS_FAULTS.some(({ name }) => name === text)) return [...before, text];
  throw new InvalidArgumentError(`The faults are: ${CHAOS_FAULTS.map(({ name }) => name).join(', ')}.`);
}

function moments(text: string, before: Moment[] = []): Moment[] {
  const parsed = Moment.safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (!parsed.success) throw new InvalidArgumentError('Write a sequence such as 12, or "step.started promote".');
  return [...before, parsed.data];
}
