import { formatSeconds } from '../../src/domain/format-seconds.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { formatFault } from '../control/faults.ts';
import type { Mark } from '../control/wire.ts';
import { databaseInstances } from '../world/database-address.ts';
import type { FaultSwitch, TrafficMove, Transition, WorldState } from '../world/state.ts';
import type { Break } from './write-log.ts';

/** Everything that marks are made from. Times are world time. */
export interface MarkEvidence {
  state: Pick<WorldState, 'faultLog' | 'trafficLog' | 'transitions' | 'rds'>;
  /** All incidents of the system. */
  incidents: readonly IncidentState[];
  breaks: readonly Break[];
  now: number;
}

/** The moments worth a line on the time axis, oldest first. Pure. */
export function marksOf({ state, incidents, breaks, now }: MarkEvidence): Mark[] {
  const moves = state.trafficLog ?? [];
  const marks: Mark[] = [
    ...(state.faultLog ?? []).map(faultMark),
    ...incidents.flatMap(incidentMarks),
    ...promotionsOf(state, now).map(({ resource, to }): Mark => {
      return { at: to, kind: 'promotion', label: `${resource} is the primary` };
    }),
    ...moves.map((move): Mark => ({ at: move.at, kind: 'traffic', label: moveLabel(move) })),
    ...breaks.flatMap(({ to }): Mark[] =>
      to === undefined ? [] : [{ at: to, kind: 'recovery', label: recoveryLabel(moves, to) }],
    ),
  ];
  return marks.sort((a, b) => a.at - b.at);
}

function faultMark({ at, on, ...fault }: FaultSwitch): Mark {
  return { at, kind: on ? 'fault' : 'mended', label: faultLabel(fault, on) };
}

function faultLabel(fault: Omit<FaultSwitch, 'at' | 'on'>, on: boolean): string {
  switch (fault.name) {
    case 'region-down':
      return on ? `${fault.target} stops answering` : `${fault.target} answers again`;
    case 'region-refuse':
      return on ? `${fault.target} refuses connections` : `${fault.target} accepts connections again`;
    case 'route53-control-plane-down':
      return on ? "Route 53's API stops answering" : "Route 53's API answers again";
    case 'replica-lag':
      return on ? `the replica falls ${formatSeconds(fault.seconds ?? 0)} behind` : 'the replica catches up';
    default:
      return `${formatFault(fault)} ${on ? 'begins' : 'ends'}`;
  }
}

function incidentMarks({ id, detectedAt, plans }: IncidentState): Mark[] {
  const approvals = plans.flatMap(({ plan, status, decision }): Mark[] =>
    decision && status !== 'rejected' ? [{ at: decision.at, kind: 'approval', label: `plan ${plan.id} approved` }] : [],
  );
  return [{ at: detectedAt, kind: 'detection', label: `${id} detected` }, ...approvals];
}

/** Those that have ended: an instance that is still being worked on takes longer than was known at the start. */
function promotionsOf({ transitions, rds }: Pick<WorldState, 'transitions' | 'rds'>, now: number): Transition[] {
  const busy = databaseInstances({ rds }).filter(({ status }) => status === 'modifying' || status === 'rebooting');
  return transitions.filter(
    ({ kind, to, resource }) =>
      kind === 'promotion' && to <= now && !busy.some(({ identifier }) => identifier === resource),
  );
}

function moveLabel(move: TrafficMove): string {
  if (move.what === 'dns') return `DNS names ${move.region}`;
  switch (move.to) {
    case 'service':
      return `${move.region} load balancer opens`;
    case 'standby':
      return `${move.region} load balancer shows the standby page`;
    case 'split':
      return `${move.region} load balancer splits traffic`;
  }
}

function recoveryLabel(moves: readonly TrafficMove[], at: number): string {
  const last = moves.findLast((move) => move.what === 'dns' && move.at <= at);
  return last ? `users write again in ${last.region}` : 'users write again';
}
