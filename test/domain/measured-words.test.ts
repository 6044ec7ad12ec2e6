import { expect, it } from '@jest/globals';
import { measuredWords } from '../../src/domain/measured-words.ts';

it.each([
  ['lossSeconds 581.7', 'loss 9 min 42 s'],
  ['Needed: lossSeconds <= 300. Bring the primary back.', 'Needed: loss <= 5 min. Bring the primary back.'],
  ['replicationLagSeconds 0, status available', 'replication lag 0 s, status available'],
  ['missingMillicores 900', 'missingMillicores 900'],
  ['not measured', 'not measured'],
])('%s is read as %s', (measured, words) => {
  expect(measuredWords(measured)).toBe(words);
});
