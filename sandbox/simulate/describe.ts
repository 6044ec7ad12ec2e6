import { formatSeconds } from '../../src/domain/format-seconds.ts';
import type { Result } from './play-all.ts';
import type { Played } from './play-case.ts';
import type { SimulationReport } from './report.ts';

/** The report for somebody at a terminal. */
export function describeReport(report: SimulationReport): string {
  const { clock, rto, rpo, client, steps, pages, calls, journal } = report;
  const moment = (name: string, at: number | null) =>
    `  ${name.padEnd(16)}${at === null ? '–' : `${formatSeconds(at)} after detection`}`;
  const exceptions = report.exceptions.length > 0 ? ` (${report.exceptions.join(', ')})` : '';
  return [
    `${report.system}/${report.runbook}, ${report.mode}, seed ${report.seed}, speed ${report.speed}`,
    `${report.outcome}${/^(recovered|finished)/.test(report.outcome) ? exceptions : ''}${report.reason ? `: ${report.reason}` : ''}`,
    '',
    moment('declared', clock.declared),
    moment('planned', clock.planned),
    moment('approved', clock.approved),
    moment('started', clock.started),
    moment('traffic moved', clock.trafficMoved),
    moment('recovered', clock.recovered),
    '',
    `  RTO ${formatSeconds(rto.targetSeconds)}: ${rto.measuredSeconds === null ? 'not recovered' : formatSeconds(rto.measuredSeconds)} ${rto.verdict}`,
    `  RPO ${formatSeconds(rpo.targetSeconds)}: ${client.rowsLost} of ${client.rowsAcknowledged} acknowledged rows lost ${rpo.verdict}`,
    `  downtime seen by the client: ${formatSeconds(client.downtimeSeconds)}`,
    `  steps: ${steps.map(({ id, state, seconds }) => `${id} ${state}${seconds === null ? '' : ` ${Math.round(seconds)} s`}`).join(', ') || 'none'}`,
    `  pages: ${pages.map(({ tier, at }) => `tier ${tier} at ${formatSeconds(at)}`).join(', ') || 'none'}`,
    `  calls: ${
      Object.entries(calls)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ') || 'none'
    }`,
    `  journal: ${journal.events} events, chain ${journal.chain}`,
    ...(report.criticalPathSeconds === null
      ? []
      : [
          `  critical path ${formatSeconds(report.criticalPathSeconds)} of the world's own time; ${report.overheadSeconds} s of the machine's added`,
        ]),
  ].join('\n');
}

/** A simulation of a file for somebody at a terminal: the report, and what should have gone otherwise. */
export function describePlayed({ name, report, complaints }: Played): string {
  const verdict = complaints.length === 0 ? 'It ended as it should.' : complaints.join('\n');
  return `${name}\n${describeReport(report)}\n\n${verdict}`;
}

/** One line as soon as a simulation has ended. */
export function describeResult(result: Result): string {
  const what = `${result.system}/${result.runbook}: ${result.simulation.name} (seed ${result.seed})`;
  if (result.kind === 'broken') return `broken   ${what}: ${result.sentence}`;
  if (result.complaints.length > 0) return `WRONG    ${what}: ${result.complaints.join(' ')}`;
  const { outcome, rto } = result.report;
  const took = rto.measuredSeconds === null ? '' : ` in ${formatSeconds(rto.measuredSeconds)}`;
  return `ok       ${what}: ${outcome}${took}`;
}

/** `12 of 13 simulations ended as they should`, and those that did not. */
export function describeTotals(results: readonly Result[]): string {
  const wrong = results.filter((result) => result.kind === 'broken' || result.complaints.length > 0);
  const total = `${results.length - wrong.length} of ${results.length} simulations ended as they should.`;
  return [total, ...wrong.map(describeResult)].join('\n');
}
