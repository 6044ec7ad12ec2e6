import { describe, expect, test } from '@jest/globals';
import { complaintsOf } from '../../../sandbox/simulate/expectation.ts';
import type { SimulationReport } from '../../../sandbox/simulate/report.ts';
import { Simulation } from '../../../src/domain/simulation.ts';

type Wanted = Simulation['expect'];

const recovered = {
  outcome: 'recovered with exceptions',
  reason: null,
  exceptions: ['unprotected', 'unfenced'],
  guards: [],
  steps: [{ id: 'dns', phase: 'traffic', state: 'left out', attempts: 0, seconds: null }],
  calls: {},
  missed: [],
  changed: [],
  client: { downtimeSeconds: 600, rowsAcknowledged: 900, rowsLost: 0 },
  rto: { targetSeconds: 900, measuredSeconds: 640, verdict: 'COMPLIANT' },
  rpo: { targetSeconds: 300, measuredSeconds: 12, verdict: 'COMPLIANT' },
  journal: { events: 40, chain: 'valid' },
} as unknown as SimulationReport;
const refused = {
  ...recovered,
  outcome: 'refused',
  reason: 'Predicted data loss is within the RPO: no (lossSeconds 612).',
  exceptions: [],
  guards: ['loss'],
  rto: { targetSeconds: 900, measuredSeconds: null, verdict: 'FAILED' },
} as unknown as SimulationReport;
const undone = { ...refused, outcome: 'undone', reason: null, guards: [] } as unknown as SimulationReport;

function complaints(wanted: Wanted, report: SimulationReport): string[] {
  return complaintsOf(Simulation.parse({ name: 'one', expect: wanted }), report);
}

describe('how a simulation must end', () => {
  test('says nothing of one that ended so, in whatever order its exceptions come', () => {
    expect(
      complaints({ outcome: 'recovered with exceptions', exceptions: ['unfenced', 'unprotected'] }, recovered),
    ).toEqual([]);
    expect(complaints({ outcome: 'refused', guards: ['loss'], reason: 'lossSeconds 612' }, refused)).toEqual([]);
  });

  test.each<[Wanted, SimulationReport, string]>([
    [{ outcome: 'recovered' }, refused, 'It should have ended recovered and ended refused (Predicted data loss'],
    [{ outcome: 'refused', guards: ['capacity', 'loss'] }, refused, 'The guards capacity, loss should have stopped'],
    [{ outcome: 'refused', reason: 'split brain' }, refused, 'The reason should say "split brain"'],
    [{ outcome: 'recovered with exceptions', exceptions: [] }, recovered, 'The exceptions should be none; they are'],
    [
      { outcome: 'recovered with exceptions' },
      { ...recovered, rto: { targetSeconds: 900, measuredSeconds: 1000, verdict: 'FAILED' } },
      'It took 1000 s; the RTO is 900 s.',
    ],
    [
      { outcome: 'recovered with exceptions' },
      { ...recovered, rpo: { targetSeconds: 300, measuredSeconds: 301, verdict: 'FAILED' } },
      'It lost 301 s of writes; the RPO is 300 s.',
    ],
    [
      { outcome: 'recovered with exceptions' },
      { ...recovered, journal: { events: 40, chain: 'broken' } },
      'The hash chain of the journal is broken.',
    ],
    [
      { outcome: 'recovered with exceptions', steps: { dns: 'succeeded' } },
      recovered,
      'The step dns should be succeeded; it is left out.',
    ],
    [
      { outcome: 'recovered with exceptions' },
      { ...recovered, missed: ['promote succeeded: region-down:us-east-1 ends'] },
      'This never came: promote succeeded: region-down:us-east-1 ends.',
    ],
    [
      { outcome: 'refused' },
      { ...refused, changed: ['sign-ins chatbot-prod was chatbot_app and is .'] },
      'Nothing was to be changed, and yet: sign-ins chatbot-prod was chatbot_app and is .',
    ],
    [{ outcome: 'undone' }, { ...undone, client: { ...undone.client, rowsLost: 3 } }, 'The undo has lost 3 rows'],
    [
      { outcome: 'refused' },
      { ...refused, calls: { 'rds.PromoteReadReplica': 1 } },
      'It was refused, and yet this was changed: rds.PromoteReadReplica.',
    ],
  ])('%j', (wanted, report, sentence) => {
    expect(complaints(wanted, report)).toEqual([expect.stringContaining(sentence)]);
  });

  test('wants to read of each guard that was overridden', () => {
    const passed = Simulation.parse({
      name: 'one',
      override: ['loss'],
      expect: { outcome: 'recovered with exceptions' },
    });

    expect(complaintsOf(passed, recovered)).toEqual(['The outcome does not name what was overridden: loss.']);
    expect(complaintsOf(passed, { ...recovered, exceptions: ['overridden loss'] })).toEqual([]);
  });

  describe('lets a target be missed where the file says why, and by no more than it says', () => {
    const late = {
      ...recovered,
      rto: { targetSeconds: 900, measuredSeconds: 1000, verdict: 'FAILED' },
      rpo: { targetSeconds: 300, measuredSeconds: 612, verdict: 'FAILED' },
    } as unknown as SimulationReport;
    const beyond = (atMost: string, sometimes = false) => ({ atMost, sometimes, because: 'two people signed' });
    const says = (report: SimulationReport, expect: object) =>
      complaintsOf(Simulation.parse({ name: 'one', expect }), report);
    const outcome = 'recovered with exceptions';

    test('a recovery', () => {
      expect(says(late, { outcome, beyondRto: beyond('20m'), beyondRpo: beyond('11m') })).toEqual([]);
      expect(says(late, { outcome, beyondRto: beyond('16m'), beyondRpo: beyond('10m') })).toEqual([
        'It took 1000 s; the RTO is 900 s, and it may be 960 s: two people signed.',
        'It lost 612 s of writes; the RPO is 300 s, and it may be 600 s: two people signed.',
      ]);
    });

    test('an undo, which loses nothing otherwise', () => {
      const lossy = { ...undone, client: { ...undone.client, rowsLost: 3 } };

      expect(says(lossy, { outcome: 'undone', beyondRpo: beyond('1m') })).toEqual([]);
      expect(says(lossy, { outcome: 'undone', beyondRpo: beyond('10s') })).toEqual([
        'The undo has lost 12 s of writes, and it may be 10 s: two people signed.',
      ]);
      expect(says(undone, { outcome: 'undone', beyondRpo: beyond('1m') })).toEqual([
        'The undo has lost nothing, and that it would (two people signed) is not true.',
      ]);
    });

    test('and not where it is kept, unless it depends on people', () => {
      expect(says(recovered, { outcome, beyondRpo: beyond('10m', true) })).toEqual([]);
      expect(says(recovered, { outcome, beyondRpo: beyond('10m') })).toEqual([
        'It lost 12 s of writes; the RPO is 300 s, and that it would miss it (two people signed) is not true.',
      ]);
    });

    test('and not of a run that nothing is measured of', () => {
      const reads = (expect: object) => Simulation.safeParse({ name: 'one', expect }).error?.issues[0]?.path;

      expect(reads({ outcome: 'refused', beyondRpo: beyond('1h') })).toEqual(['expect', 'beyondRpo']);
      expect(reads({ outcome: 'undone', beyondRto: beyond('1h') })).toEqual(['expect', 'beyondRto']);
      expect(reads({ outcome: 'undone', beyondRpo: beyond('1h') })).toBeUndefined();
    });
  });
});
