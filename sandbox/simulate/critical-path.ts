import type { RunState } from '../../src/domain/incident-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { criticalPath } from '../../src/domain/scheduler.ts';
import type { Call, Transition } from '../world/state.ts';

/** Which of the world's services a step waits for, by the first word of its action. */
const SERVICES: Record<string, readonly string[]> = {
  rds: ['rds'],
  route53: ['route53', 's3', 'dns'],
  dns: ['dns', 'route53'],
  elbv2: ['elbv2'],
  k8s: ['kubernetes'],
  http: ['dns', 'elbv2', 'kubernetes'],
  arc: ['routing-control', 'dns'],
  s3: ['s3'],
  eks: ['eks'],
  secrets: ['secretsmanager'],
  cloudwatch: ['cloudwatch', 'logs'],
  health: ['health', 'ec2'],
  // PostgreSQL waits for what RDS does with its server.
  postgres: ['rds'],
};

interface Interval {
  from: number;
  to: number;
}

/**
 * World seconds that the world itself took along the longest chain of steps which ended the outage: each step weighs
 * the time during which a call of its services was being answered or a change of theirs was under way. Steps that began
 * after `recoveredAt` did not lengthen the outage and weigh nothing. All times are world epoch milliseconds.
 */
export function worldCriticalPath(
  plan: Plan,
  run: RunState,
  world: { calls: readonly Call[]; transitions: readonly Transition[] },
  recoveredAt: number,
): number {
  const busy = [
    ...world.calls.map(({ service, at, latency }) => ({ service, from: at, to: at + latency })),
    ...world.transitions.map(({ service, from, to }) => ({ service, from, to })),
  ];
  const secondsOf = (id: string): number => {
    const step = plan.steps.find((candidate) => candidate.id === id);
    const state = run.steps[id];
    if (!step || state?.startedAt === undefined || state.startedAt >= recoveredAt) return 0;
    const window = { from: state.startedAt, to: Math.min(state.endedAt ?? recoveredAt, recoveredAt) };
    const services = SERVICES[step.uses.split('.')[0] ?? ''] ?? [];
    return (
      covered(
        busy.filter(({ service }) => services.includes(service)),
        window,
      ) / 1000
    );
  };
  return criticalPath(plan.steps, secondsOf).seconds;
}

/** Milliseconds of `window` that at least one of the intervals covers. */
function covered(intervals: readonly Interval[], window: Interval): number {
  const inside = intervals
    .map(({ from, to }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to) }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  let total = 0;
  let end = window.from;
  for (const { from, to } of inside) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}
