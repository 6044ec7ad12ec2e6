import { describe, expect, it } from '@jest/globals';
import { slackDate } from '../../../sandbox/page/src/blocks/slack-date.ts';

/** 2014-02-18T14:39:42Z */
const THEN = 1392734382;

describe('Slack’s date tokens', () => {
  it.each([
    ['{date_num}', '2014-02-18'],
    ['{date_slash}', '18/02/2014'],
    ['{date}', 'February 18th, 2014'],
    ['{date_pretty}', 'February 18th, 2014'],
    ['{date_short}', 'Feb 18, 2014'],
    ['{date_short_pretty}', 'Feb 18, 2014'],
    ['{date_long}', 'Tuesday, February 18th, 2014'],
    ['{date_long_pretty}', 'Tuesday, February 18th, 2014'],
    ['{day_divider_pretty}', 'Tuesday, February 18th, 2014'],
    ['{date_long_full}', 'February 18, 2014'],
    ['{time}', '14:39 UTC'],
    ['{time_secs}', '14:39:42 UTC'],
    ['{ago}', 'Feb 18, 2014 14:39 UTC'],
    ['posted {date_num} at {time}', 'posted 2014-02-18 at 14:39 UTC'],
    ['no token', 'no token'],
  ])('%s', (format, expected) => {
    expect(slackDate(THEN, format)).toBe(expected);
  });

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [30, '30th'],
    [31, '31st'],
  ])('day %i is the %s', (day, expected) => {
    expect(slackDate(Date.UTC(2026, 0, day) / 1000, '{date}')).toBe(`January ${expected}, 2026`);
  });

  it.each([
    ['an unknown token', THEN, '{date_num} {century}'],
    ['a time that is none', Number.NaN, '{date_num}'],
    ['a time beyond all calendars', 1e15, '{date_num}'],
  ])('says nothing of %s', (_name, seconds, format) => {
    expect(slackDate(seconds, format)).toBeUndefined();
  });
});
