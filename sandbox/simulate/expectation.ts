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
  if (report.outcome === 'undone' && report.client.rowsLost > 0 && expect.beyondRpo === undefined) {
    complaints.push(`The undo has lost ${report.client.rowsLost} rows that users had written.`);
  }
  if (!/^(recovered|finished)/.test(report.outcome)) return complaints;
  const unnamed = override.filter((step) => !report.exceptions.includes(`overridden ${step}`));
  if (unnamed.length > 0) complaints.push(`The outcome does not name what was overridden: ${unnamed.join(', ')}.`);
  if (report.rto.verdict === 'FAILED' && expect.beyondRto === undefined) {
    complaints.push(`It took ${report.rto.measuredSeconds} s; the RTO is ${report.rto.targetSeconds} s.`);
  }
  if (report.rpo.verdict === 'FAILED' && expect.beyondRpo === undefined) {
    complaints.push(`It lost ${report.rpo.measuredSeconds} s of writes; the RPO is ${report.rpo.targetSeconds} s.`);
  }
  return complaints;
}
