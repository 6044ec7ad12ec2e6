import { formatSeconds } from '../../src/domain/format-seconds.ts';
import type { Result } from './play-all.ts';
import type { SimulationReport } from './report.ts';

/**
 * `docs/recoveries.md`: what was measured, one row for each simulation over all of its seeds. Pure.
 */
export function recoveriesPage(results: readonly Result[]): string {
  const speeds = [...new Set(results.flatMap((result) => (result.kind === 'played' ? [result.report.speed] : [])))];
  const systems = [...new Set(results.map(({ system }) => system))];
  return [
    '# Recoveries, as they were measured',
    '',
    'Written by `lifeboat simulate --all --write docs/recoveries.md`; do not edit it by hand. Every row is a simulation that',
    'stands beside its runbook (`<runbook>.simulations.yaml`): a whole simulated world, the real bot, people who type and',
    'click through Slack. Downtime and loss are what the client of the product saw, RTO and RPO those of `system.yaml`, which',
    'says where each is from. *Recovered after* counts from detection, in a planned move from when users could not write.',
    'Where several seeds were played, a figure is the median and the worst.',
    '',
    `Played with ${seedWords(results)} at ${speeds.join(', ')} world seconds per second. The faster the world, the longer the`,
    "machine's own work seems in it: at 60 each of its seconds is a minute, so times here are upper bounds. For a recovery time",
    'play one at `--speed 10`.',
    '',
    ...totals(results),
    '',
    ...systems.flatMap((system) =>
      systemTable(
        system,
        results.filter((result) => result.system === system),
      ),
    ),
  ].join('\n');
}

/** How many ended as they should, and which did not. */
function totals(results: readonly Result[]): string[] {
  const wrong = results.filter((result) => result.kind !== 'played' || result.complaints.length > 0);
  const total = `**${results.length - wrong.length} of ${results.length} ended as they should.**`;
  const names = wrong.map(({ system, runbook, simulation, seed }) => {
    return `${system}/${runbook}, ${simulation.name} (seed ${seed})`;
  });
  return [wrong.length === 0 ? total : `${total} Not so: ${names.join('; ')}.`];
}

/** `seed 1`, or `up to 10 seeds (1, 2, …)`: a column says how many a simulation was played with. */
function seedWords(results: readonly Result[]): string {
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  return seeds.length === 1 ? `seed ${seeds[0]}` : `up to ${seeds.length} seeds (${seeds.join(', ')})`;
}

const COLUMNS = [
  'disaster',
  'seeds',
  'ended',
  'steps',
  'critical path',
  'downtime',
  'recovered after',
  'RTO',
  'lost',
  'RPO',
  'verdict',
];

function systemTable(system: string, results: readonly Result[]): string[] {
  const runbooks = [...new Set(results.map(({ runbook }) => runbook))];
  return runbooks.flatMap((runbook) => {
    const own = results.filter((result) => result.runbook === runbook);
    const names = [...new Set(own.map(({ simulation }) => simulation.name))];
    return [
      `## ${system}/${runbook}`,
      '',
      `| ${COLUMNS.join(' | ')} |`,
      `|${COLUMNS.map(() => '---').join('|')}|`,
      ...names.map((name) =>
        row(
          name,
          own.filter(({ simulation }) => simulation.name === name),
        ),
      ),
      '',
    ];
  });
}

function row(name: string, results: readonly Result[]): string {
  const reports = results.flatMap((result) => (result.kind === 'played' ? [result.report] : []));
  const right = results.filter((result) => result.kind === 'played' && result.complaints.length === 0).length;
  const [first] = reports;
  const cells = first
    ? [
        name,
        String(results.length),
        [...new Set(reports.map(endOf))].join('; '),
        first.outcome === 'refused' || isRefusedAtOnce(first) ? '' : String(first.steps.length),
        figure(reports.map(({ criticalPathSeconds }) => criticalPathSeconds)),
        figure(reports.map((report) => (report.outcome === 'refused' ? null : report.client.downtimeSeconds))),
        figure(reports.map((report) => (isRecovery(report) ? report.rto.measuredSeconds : null))),
        isRefusedAtOnce(first) ? '' : formatSeconds(first.rto.targetSeconds),
        figure(reports.map((report) => (isRecovery(report) ? report.rpo.measuredSeconds : null))),
        isRefusedAtOnce(first) ? '' : formatSeconds(first.rpo.targetSeconds),
      ]
    : [name, String(results.length), 'no report', '', '', '', '', '', '', ''];
  const asWanted = right === results.length ? 'as it should' : `${right} of ${results.length} as they should`;
  const verdict = [asWanted, ...(first && isRecovery(first) ? [targetsWords(reports)] : [])].join('; ');
  return `| ${[...cells, verdict].map(escapeCell).join(' | ')} |`;
}

function isRecovery({ outcome }: SimulationReport): boolean {
  return outcome.startsWith('recovered');
}

/** The command itself was answered with a refusal: nothing was declared, and so nothing was planned. */
function isRefusedAtOnce({ outcome, steps }: SimulationReport): boolean {
  return outcome === 'failed' && steps.length === 0;
}

/** `RTO and RPO kept`, or how many of the runs missed which. */
function targetsWords(reports: readonly SimulationReport[]): string {
  const missed = (target: 'rto' | 'rpo') => reports.filter((report) => report[target].verdict === 'FAILED').length;
  const words = (['rto', 'rpo'] as const)
    .filter((target) => missed(target) > 0)
    .map((target) => `${target.toUpperCase()} missed in ${missed(target)} of ${reports.length}`);
  return words.join(', ') || 'RTO and RPO kept';
}

function endOf(report: SimulationReport): string {
  const { outcome, exceptions, guards } = report;
  if (outcome === 'refused' && guards.length > 0) return `refused by ${guards.join(', ')}`;
  if (isRefusedAtOnce(report)) return 'refused at once';
  if (exceptions.length === 0 || !/^(recovered|finished)/.test(outcome)) return outcome;
  return `${outcome.split(' ')[0]}, ${exceptions.join(', ')}`;
}

/** Median and worst of figures in seconds; empty when there is none. */
function figure(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const median = known[Math.floor((known.length - 1) / 2)];
  const worst = known.at(-1);
  if (median === undefined || worst === undefined) return '';
  return median === worst ? formatSeconds(median) : `${formatSeconds(median)} (worst ${formatSeconds(worst)})`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
