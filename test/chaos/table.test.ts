import { expect, it } from '@jest/globals';
import { CHAOS_FAULTS } from '../../tools/chaos/faults/index.ts';
import type { JobResult } from '../../tools/chaos/job.ts';
import { describeViolation, formatTable, rowsOf } from '../../tools/chaos/table.ts';

const survived: JobResult = {
  job: { seed: 3, strikes: [{ fault: 'worker-killed', at: 9 }], queue: 'postgres', speed: 40, short: false },
  isUnplayed: false,
  struck: [
    { fault: 'worker-killed', sequence: 9, event: 'step.started fence', takeoverSeconds: 4.21 },
    { fault: 'worker-killed', sequence: 15, event: 'step.started scale' },
  ],
  violations: [],
  notes: [],
  seconds: 30,
};
const lost: JobResult = {
  ...survived,
  job: { ...survived.job, strikes: [...survived.job.strikes, { fault: 'aws-resets', at: 'step.started dns' }] },
  struck: [{ fault: 'aws-resets', sequence: 34, event: 'step.started dns' }],
  violations: ['ChangeResourceRecordSets was carried out 2 times.'],
  folder: 'a-folder',
};

it('counts what was tried and survived, and the longest takeover', () => {
  expect(formatTable(rowsOf(CHAOS_FAULTS, [survived, lost]))).toBe(
    [
      '| fault         | tried | survived | worst takeover |',
      '|---------------|------:|---------:|---------------:|',
      '| worker-killed |     2 |        2 |          4.2 s |',
      '| aws-resets    |     1 |        0 |              – |',
    ].join('\n'),
  );
});

it('says of what was not survived the seed, the moment, and how to see it again', () => {
  expect(describeViolation(lost)).toBe(
    [
      'Seed 3: aws-resets after event 34 (step.started dns).',
      '  ChangeResourceRecordSets was carried out 2 times.',
      "  Again: npm run test:chaos -- --seed 3 --speed 40 --queue postgres --fault worker-killed --at 9 --fault aws-resets --at 'step.started dns'",
      "  The bots' log and the databases are in a-folder",
    ].join('\n'),
  );
});
