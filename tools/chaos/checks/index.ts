import type { Check } from './check.ts';
import { carriedOut, neverTwice } from './infrastructure.ts';
import { chainIsValid, onlyTheHolderAppends, stepsRunOnce } from './journal.ts';
import { noLeaseIsLeft, noLockIsLeft, noTimerIsLeft, nothingIsUndelivered } from './left-behind.ts';
import { boardIsTrue, pagedOnce, toldOnce } from './people.ts';
import { acknowledgedIsDone, faultIsOvercome, runReachesItsEnd } from './run.ts';

/** What must be true after every recovery. */
export const CHECKS: readonly Check[] = [
  runReachesItsEnd,
  acknowledgedIsDone,
  faultIsOvercome,
  neverTwice,
  carriedOut,
  pagedOnce,
  chainIsValid,
  onlyTheHolderAppends,
  stepsRunOnce,
  boardIsTrue,
  toldOnce,
  nothingIsUndelivered,
  noLeaseIsLeft,
  noTimerIsLeft,
  noLockIsLeft,
];
