import type { Simulation } from '../../src/domain/simulation.ts';
import type { SimulationReport } from './report.ts';

/** What of a simulation did not end as it should, a sentence each; empty: all did. Pure. */
export function complaintsOf({ expect }: Simulation, report: SimulationReport): string[] {
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
  if (report.journal.chain !== 'valid') complaints.push('The hash chain of the journal is broken.');
  if (!report.outcome.startsWith('recovered')) return complaints;
  if (report.rto.verdict === 'FAILED' && expect.beyondRto === undefined) {
    complaints.push(`It took ${report.rto.measuredSeconds} s; the RTO is ${report.rto.targetSeconds} s.`);
  }
  if (report.rpo.verdict === 'FAILED' && expect.beyondRpo === undefined) {
    complaints.push(`It lost ${report.rpo.measuredSeconds} s of writes; the RPO is ${report.rpo.targetSeconds} s.`);
  }
  return complaints;
}
