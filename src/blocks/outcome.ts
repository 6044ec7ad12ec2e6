import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { recoveryFigures } from '../domain/recovery.ts';
import { escapeText } from './escape.ts';
import { utc } from './time.ts';

/** One line: how the run ended, with its exceptions. */
export function outcomeText(state: IncidentState): string {
  const { run } = state;
  if (!run?.outcome) return '';
  const figures = recoveryFigures(state);
  const when =
    figures?.recoverySeconds === undefined || !isRecovered(run)
      ? ''
      : ` ${formatSeconds(figures.recoverySeconds)} after detection`;
  const word = isRecovered(run) ? 'Recovered' : run.outcome === 'aborted' ? 'Aborted' : 'Failed';
  const exceptions = run.exceptions.length > 0 ? `: ${run.exceptions.map(escapeText).join(', ')}` : '';
  return `${word}${when}${isRecovered(run) && exceptions ? `, with exceptions${exceptions}` : exceptions}.`;
}

/** How it ended in full: figures against targets, what was changed, what stays open. */
export function outcomeLines(state: IncidentState): string[] {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return [];
  const lines = ['*How it ended*', ...figureLines(state)];
  for (const { id, status, skippedBy } of Object.values(run.steps)) {
    if (status === 'skipped')
      lines.push(`• skipped ${id}: ${escapeText(skippedBy?.reason ?? '')} (<@${skippedBy?.by}>)`);
  }
  if (run.exceptions.includes('unfenced')) {
    const subjects = plan.signatures
      .filter(({ kind }) => kind === 'unfenced')
      .map(({ subject }) => escapeText(subject));
    lines.push(
      `• *unfenced*: ${subjects.join(', ')} may still accept writes when it comes back. Keep clients away from it and fence it first.`,
    );
  }
  if (run.exceptions.includes('unprotected')) {
    lines.push('• *unprotected*: the new primary has no replica. Create one before anything else fails.');
  }
  if (run.outcome === 'aborted') lines.push(...abortLines(state));
  return lines;
}

function figureLines(state: IncidentState): string[] {
  const figures = recoveryFigures(state);
  if (!figures) return [];
  const { recoverySeconds, recoveredAt, rtoSeconds, lossSeconds, lossSource, rpoSeconds } = figures;
  const lines: string[] = [];
  if (recoverySeconds !== undefined && recoveredAt !== undefined) {
    const verdict = recoverySeconds <= rtoSeconds ? 'met' : 'missed';
    lines.push(
      `• users can work again since ${utc(recoveredAt)}, ${formatSeconds(recoverySeconds)} after detection (RTO ${formatSeconds(rtoSeconds)}: ${verdict})`,
    );
  }
  if (lossSeconds !== undefined && isRecovered(state.run)) {
    const verdict = lossSeconds <= rpoSeconds ? 'met' : 'missed';
    const loss = lossSeconds === 0 ? 'none' : `at most ${formatSeconds(lossSeconds)}`;
    lines.push(`• data loss: ${loss}, ${lossSource} (RPO ${formatSeconds(rpoSeconds)}: ${verdict})`);
  }
  return lines;
}

/** What an aborted run has changed, what it may have changed, and that the rest was not touched. */
function abortLines(state: IncidentState): string[] {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return [];
  const lines: string[] = [];
  for (const step of plan.steps) {
    const stepState = run.steps[step.id];
    if (!stepState || step.effect === 'read' || stepState.attempts === 0) continue;
    // A fence that found nobody to fence has changed nothing.
    if (stepState.outputs?.fenced === false) continue;
    const title = escapeText(step.title);
    const back = step.effect === 'irreversible' ? ' (cannot be taken back)' : '';
    if (stepState.status === 'succeeded') {
      const what = stepState.changes.map(({ what, before, after }) => `${what}: ${before} → ${after}`).map(escapeText);
      lines.push(`• changed${back}: ${title}${what.length > 0 ? `: ${what.join('; ')}` : ''}`);
    } else lines.push(`• may be half done${back}: ${title}. Look before you go on.`);
  }
  const fence = standingFence(state);
  return lines.length > 0
    ? [...(fence ? [`• ${fence}`] : []), ...lines, '• everything else was not touched']
    : ['• nothing was changed'];
}

/**
 * One sentence while a fence stands, or may stand, on the old primary and nothing was promoted in its place: nobody can
 * write anywhere then. It gives the SQL that ends that.
 */
export function standingFence(state: IncidentState): string | undefined {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return undefined;
  const tried = (uses: string) =>
    plan.steps.flatMap((step) => {
      const now = run.steps[step.id];
      return step.uses === uses && now && now.attempts > 0 ? [now] : [];
    });
  const promotions = tried('rds.promote-replica');
  const fences = tried('postgres.fence').filter(({ outputs }) => outputs?.fenced !== false);
  if (fences.length === 0 || promotions.some(({ status }) => status === 'succeeded')) return undefined;
  const { primary, replica, applicationUsers } = plan.system.database;
  const are = fences.some(({ status }) => status === 'succeeded') ? 'are still stopped' : 'may be stopped';
  const sql = applicationUsers.map((role) => `\`ALTER ROLE ${escapeText(quoted(role))} LOGIN\``).join(', ');
  // Two primaries that both take writes are worse than none.
  const first =
    promotions.length > 0 ? `, once you have seen that ${escapeText(replica.instance)} was not promoted` : '';
  return `*Writes on the old primary, ${escapeText(primary.instance)} in ${escapeText(primary.region)}, ${are}.* To allow them again${first}, run ${sql} there.`;
}

/** As SQL reads a name: one that is not plain lower case stands in quotes. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
