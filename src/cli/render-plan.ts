import { formatSeconds } from '../domain/format-seconds.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';

/** A plan as text for a terminal, without colours; ends with a line break. */
export function renderPlan(plan: Plan): string {
  const { predicted, verdict } = plan;
  const lines = [
    `${plan.title}: ${plan.systemName}/${plan.runbook}, ${plan.mode} mode`,
    `${new Date(plan.createdAt).toISOString().slice(0, 19).replace('T', ' ')} UTC, hash ${plan.hash.slice(0, 12)}`,
    '',
    'Guards',
    ...plan.guards.map(({ passed, title, measured, reason }) => {
      const why = reason ? ` ${reason}` : '';
      return `  ${passed ? 'passed' : 'FAILED'}  ${title} (${measured}).${why}`;
    }),
  ];
  for (const phase of plan.phases) {
    lines.push('', `${phase.title} (target ${formatSeconds(phase.targetSeconds)})`);
    for (const step of plan.steps.filter((one) => one.phase === phase.id)) lines.push(...stepLines(step));
  }
  lines.push('');
  for (const { kind, subject, sentence } of plan.signatures)
    lines.push(`To be signed: ${subject} stays ${kind}. ${sentence}`);
  const loss = predicted.lossSeconds === undefined ? 'not known' : `up to ${formatSeconds(predicted.lossSeconds)}`;
  lines.push(
    `Predicted data loss: ${loss}`,
    `Predicted duration: ${formatSeconds(predicted.durationSeconds)} (${predicted.criticalPath.join(' → ')})`,
    verdict === 'ready' ? 'This plan could be approved.' : 'This plan is refused: a guard failed. Nothing was changed.',
  );
  return `${lines.join('\n')}\n`;
}

function stepLines(step: PlannedStep): string[] {
  if (!step.included) return [`  - ${step.title}: left out`];
  const { observation } = step;
  const owner = step.owner ? `, owned by ${step.owner}` : '';
  const lines = [`  - ${step.title} (${step.uses}${owner})`];
  if (observation.state === 'unreachable') {
    const { ageSeconds } = observation;
    const age = ageSeconds === undefined ? 'never seen' : `last seen ${formatSeconds(ageSeconds)} ago`;
    lines.push(`      does not answer: ${observation.reason.replace(/\.$/, '')} (${age})`);
  }
  if (observation.state === 'later') lines.push(`      known after ${observation.after.join(', ')}`);
  for (const { what, before, after } of step.changes) lines.push(`      ${what}: ${before} → ${after}`);
  return lines;
}
