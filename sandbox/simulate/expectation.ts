import type { Simulation } from '../../src/domain/simulation.ts';
import type { SimulationReport } from './report.ts';

/** What of a simulation did not end as it should, a sentence each; empty: all did. Pure. */
export function complaintsOf({ expect, override }: Simulation, report: SimulationReport): string[] {
  const complaints: string[] = [];
  const said = report.reason === null ? '' : ` (${report.reason})`;
  if (report.outcome !== expect.outcome) {
    complaints.push(`It should have ended ${expect.outcome} and ended ${report.outcome}${said}.`);
  }
  const guards = [...report.guards].sort();
  const wanted = expect.guards && [...expect.guards].sort();
  if (wanted && wanted.join() !== guards.join()) {
    complaints.push(`The guards ${wanted.join(', ')} should have stopped it; ${guards.join(', ') || 'none'} did.`);
  }
  if (expect.reason !== undefined && !(report.reason ?? '').includes(expect.reason)) {
    complaints.push(`The reason should say "${expect.reason}"; it is${said || ' empty'}.`);
  }
  const exceptions = expect.exceptions && [...expect.exceptions].sort().join(', ');
  const left = [...report.exceptions].sort().join(', ');
  if (exceptions !== undefined && exceptions !== left) {
    complaints.push(`The exceptions should be ${exceptions || 'none'}; they are ${left || 'none'}.`);
  }
  const wrongSteps = Object.entries(expect.steps ?? {}).flatMap(([id, state]) => {
    const is = report.steps.find((step) => step.id === id)?.state ?? 'no step of it';
    return is === state ? [] : [`The step ${id} should be ${state}; it is ${is}.`];
  });
  complaints.push(...wrongSteps, ...report.missed.map((turn) => `This never came: ${turn}.`));
  if (report.outcome === 'refused' && Object.keys(report.calls).length > 0) {
    complaints.push(`It was refused, and yet this was changed: ${Object.keys(report.calls).join(', ')}.`);
  }
  if (report.changed.length > 0) complaints.push(`Nothing was to be changed, and yet: ${report.changed.join(' ')}`);
  if (report.journal.chain !== 'valid') complaints.push('The hash chain of the journal is broken.');
  if (report.outcome === 'undone') return [...complaints, ...undoLoss(report, expect)];
  if (!/^(recovered|finished)/.test(report.outcome)) return complaints;
  const unnamed = override.filter((step) => !report.exceptions.includes(`overridden ${step}`));
  if (unnamed.length > 0) complaints.push(`The outcome does not name what was overridden: ${unnamed.join(', ')}.`);
  const took = (seconds: number | null) => `It took ${seconds} s`;
  const lost = (seconds: number | null) => `It lost ${seconds} s of writes`;
  return [
    ...complaints,
    ...missedBy('RTO', report.rto, expect.beyondRto, took),
    ...missedBy('RPO', report.rpo, expect.beyondRpo, lost),
  ];
}

type Expect = Simulation['expect'];

/** Whether a target was missed that should have been kept, missed by too much, or kept where nobody thought so. */
function missedBy(
  target: string,
  { targetSeconds, measuredSeconds, verdict }: SimulationReport['rto'],
  beyond: Expect['beyondRto'],
  says: (seconds: number | null) => string,
): string[] {
  const sentence = `${says(measuredSeconds)}; the ${target} is ${targetSeconds} s`;
  if (!beyond) return verdict === 'FAILED' ? [`${sentence}.`] : [];
  if (verdict === 'COMPLIANT') {
    return beyond.sometimes ? [] : [`${sentence}, and that it would miss it (${beyond.because}) is not true.`];
  }
  return measuredSeconds === null || measuredSeconds > beyond.atMost
    ? [`${sentence}, and it may be ${beyond.atMost} s: ${beyond.because}.`]
    : [];
}

/** What an undo gives up of what users have written; without a reason none of it may be. */
function undoLoss({ client: { rowsLost }, rpo }: SimulationReport, { beyondRpo }: Expect): string[] {
  if (!beyondRpo) return rowsLost > 0 ? [`The undo has lost ${rowsLost} rows that users had written.`] : [];
  if (rowsLost === 0 && !beyondRpo.sometimes) {
    return [`The undo has lost nothing, and that it would (${beyondRpo.because}) is not true.`];
  }
  return (rpo.measuredSeconds ?? 0) > beyondRpo.atMost
    ? [
        `The undo has lost ${rpo.measuredSeconds} s of writes, and it may be ${beyondRpo.atMost} s: ${beyondRpo.because}.`,
      ]
    : [];
}
