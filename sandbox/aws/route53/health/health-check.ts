import type { WorldState } from '../../../world/state.ts';
import { lookUp } from '../../look-up.ts';

/** What the simulated account can check: an https address, other checks, a routing control. */
export type HealthCheckConfig = {
  /** What is found is taken for its opposite. */
  inverted: boolean;
  /** It is not looked any more, and what it looks at counts as healthy. */
  disabled: boolean;
} & (
  | {
      type: 'HTTPS';
      host: string;
      /** Begins with a slash. */
      path: string;
      port: number;
      /** World seconds between two looks. */
      interval: 10 | 30;
      /** So many looks with the same result turn the check. */
      threshold: number;
    }
  | { type: 'CALCULATED'; children: string[]; threshold: number }
  | { type: 'RECOVERY_CONTROL'; routingControl: string }
);

/** A health check as the world keeps it; times are world time. */
export interface HealthCheck {
  id: string;
  callerReference: string;
  /** Counts its changes, from 1. */
  version: number;
  config: HealthCheckConfig;
  /** What checkers have found, before it is inverted; of no meaning for a calculated one. */
  passing: boolean;
  since: number;
  /** They find the opposite, and will have found it often enough at this moment. */
  turning?: { passing: boolean; at: number };
  /** Looks in a row, until now, that disagree with `passing`. */
  streak: number;
}

type State = Pick<WorldState, 'route53'>;

/** Whether name servers take a check for healthy at `now` (world time); one that does not exist is. Pure. */
export function isHealthy(state: State, id: string, now: number): boolean {
  const check = lookUp(state.route53.healthChecks, id);
  if (!check) return true;
  const { config } = check;
  const found =
    config.disabled || (config.type === 'CALCULATED' ? isEnough(state, config, now) : isPassing(check, now));
  return config.inverted ? !found : found;
}

/** What checkers of this check have found, before it is inverted. Pure. */
export function isPassing({ passing, turning }: HealthCheck, now: number): boolean {
  return turning && now >= turning.at ? turning.passing : passing;
}

/** When checks that decide about this one turned last, at or before `now`. Pure. */
export function turnedAt(state: State, id: string, now: number): number {
  const check = lookUp(state.route53.healthChecks, id);
  if (!check) return 0;
  if (check.config.type === 'CALCULATED') {
    return Math.max(0, ...check.config.children.map((child) => turnedAt(state, child, now)));
  }
  return check.turning && now >= check.turning.at ? check.turning.at : check.since;
}

function isEnough(
  state: State,
  { children, threshold }: Extract<HealthCheckConfig, { type: 'CALCULATED' }>,
  now: number,
): boolean {
  return children.filter((child) => isHealthy(state, child, now)).length >= threshold;
}
