import { expect, it } from '@jest/globals';
import { judgeAnswers } from '../../src/actions/dns/check.ts';
import { differences, toRecords } from '../../src/actions/route53/records.ts';

it.each([
  {
    answers: { a: ['West.example.com.'], b: ['west.example.com', '10.0.0.1'] },
    expected: 'west.example.com',
    agreed: true,
  },
  { answers: { a: ['west.example.com'], b: ['east.example.com'] }, expected: 'west.example.com', agreed: false },
  { answers: { a: ['west.example.com'], b: [] }, expected: 'west.example.com', agreed: false },
  { answers: { a: ['1.1.1.1', '2.2.2.2'], b: ['2.2.2.2', '1.1.1.1'] }, expected: undefined, agreed: true },
  { answers: { a: ['1.1.1.1'], b: ['2.2.2.2'] }, expected: undefined, agreed: false },
  { answers: { a: [], b: [] }, expected: undefined, agreed: false },
])('$answers gives $expected: $agreed', ({ answers, expected, agreed }) => {
  expect(judgeAnswers('api.example.com', answers, expected)).toMatchObject({ agreed, answers });
});

it.each([
  { current: { 'api CNAME': 'west (TTL 60 s)' }, before: undefined },
  { current: { 'api CNAME': 'east (TTL 60 s)' }, before: 'east (TTL 60 s)' },
  { current: { 'api CNAME': null }, before: 'no record' },
  { current: undefined, before: 'not reachable now' },
])('a record that is $current changes from $before', ({ current, before }) => {
  const wanted = toRecords([{ name: 'api', type: 'CNAME', ttl: 60, values: ['West.'] }]);

  expect(differences(current, wanted)[0]?.before).toBe(before);
});
