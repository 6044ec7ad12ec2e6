import type { Change } from '../domain/action.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { recoveryFigures } from '../domain/recovery.ts';
import { standingFence } from '../domain/standing-fence.ts';
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
  const left = exceptionsLeft(state);
  const exceptions = left.length > 0 ? `: ${left.map(escapeText).join(', ')}` : '';
  return `${word}${when}${isRecovered(run) && exceptions ? `, with exceptions${exceptions}` : exceptions}.`;
}

/**
 * What a run left behind that somebody has to see to. An old primary without a fence is none of it as long as it is the
 * only primary: a run that ended before the promotion began has put no other in its place.
 */
function exceptionsLeft(state: IncidentState): string[] {
  const { run } = state;
  const steps = planOf(state, run?.planId)?.plan.steps ?? [];
  const hasBegun = steps.some(({ id, effect }) => effect === 'irreversible' && (run?.steps[id]?.attempts ?? 0) > 0);
  return (run?.exceptions ?? []).filter((name) => name !== 'unfenced' || isRecovered(run) || hasBegun);
}

/** Lines of what was changed that are shown; the journal has all. */
const CHANGES_SHOWN = 20;

/**
 * What is left to see to first, then figures against targets, then what was changed; without what the headline says
 * already. mrkdwn.
 */
export function outcomeLines(state: IncidentState, headline: string): string[] {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return [];
  const lines: string[] = [];
  const exceptions = exceptionsLeft(state);
  if (exceptions.includes('unfenced')) {
    const subjects = plan.signatures
      .filter(({ kind }) => kind === 'unfenced')
      .map(({ subject }) => escapeText(subject));
    lines.push(
      `• *unfenced*: ${subjects.join(', ') || 'the old primary'} may accept writes when it comes back. Keep clients away, and fence it first.`,
    );
  }
  if (exceptions.includes('unprotected')) {
    lines.push('• *unprotected*: the new primary has no replica. Create one before anything else fails.');
  }
  for (const { id, title } of plan.steps) {
    const skipped = run.steps[id]?.status === 'skipped' ? run.steps[id].skippedBy : undefined;
    if (skipped) lines.push(`• *skipped*: ${escapeText(title)} (<@${skipped.by}>: ${escapeText(skipped.reason)})`);
  }
  return [...lines, ...figureLines(state), ...(isRecovered(run) ? [] : changeLines(state, headline))];
}

function figureLines(state: IncidentState): string[] {
  const figures = recoveryFigures(state);
  if (!figures || !isRecovered(state.run)) return [];
  const { recoverySeconds, recoveredAt, rtoSeconds, lossSeconds, lossSource, rpoSeconds } = figures;
  const lines: string[] = [];
  if (recoverySeconds !== undefined && recoveredAt !== undefined) {
    const verdict = recoverySeconds <= rtoSeconds ? 'met' : 'missed';
    lines.push(`• RTO ${formatSeconds(rtoSeconds)}: ${verdict}. Users can work again since ${utc(recoveredAt)}.`);
  }
  if (lossSeconds !== undefined) {
    const verdict = lossSeconds <= rpoSeconds ? 'met' : 'missed';
    const loss = lossSeconds === 0 ? 'No data lost' : `Data loss at most ${formatSeconds(lossSeconds)}`;
    lines.push(`• RPO ${formatSeconds(rpoSeconds)}: ${verdict}. ${loss}, ${lossSource}.`);
  }
  return lines;
}

/** What a run that did not recover may have changed, what it has changed, and that the rest was not touched. */
function changeLines(state: IncidentState, headline: string): string[] {
  const { halfDone, changed } = changesOf(state);
  const fence = standingFenceSentence(state);
  const lines = [
    ...halfDone.map((step) => `• may be half done${back(step)}: ${escapeText(step.title)}. Look before you go on.`),
    ...changed.map(({ step, changes }) => {
      const what = changes.map(({ what, before, after }) => escapeText(`${what}: ${before} → ${after}`)).join('; ');
      return `• changed${back(step)}: ${escapeText(step.title)}${what ? `: ${what}` : ''}`;
    }),
  ];
  if (lines.length === 0) return [];
  const left = lines.length - CHANGES_SHOWN;
  return [
    ...(fence && !headline.includes(fence) ? [`• ${fence}`] : []),
    ...lines.slice(0, CHANGES_SHOWN),
    ...(left > 0 ? [`• … and ${left} more steps that changed something`] : []),
    '• everything else was not touched',
  ];
}

function back({ effect }: PlannedStep): string {
  return effect === 'irreversible' ? ' (cannot be taken back)' : '';
}

/** Whether a run that has ended left everything as it was before. */
export function leftAsItWas(state: IncidentState): boolean {
  const { halfDone, changed } = changesOf(state);
  return halfDone.length === 0 && changed.length === 0;
}

/** Steps that change something and were begun: those that ended, and those that were cut short. */
function changesOf({ run, plans }: IncidentState) {
  const halfDone: PlannedStep[] = [];
  const changed: { step: PlannedStep; changes: Change[] }[] = [];
  for (const step of (run && planOf({ plans }, run.planId)?.plan.steps) ?? []) {
    const now = run?.steps[step.id];
    if (!now || step.effect === 'read' || now.attempts === 0) continue;
    // A fence that found nobody to fence has changed nothing.
    if (now.outputs?.fenced === false) continue;
    if (now.status === 'succeeded') changed.push({ step, changes: now.changes });
    else halfDone.push(step);
  }
  return { halfDone, changed };
}

/** That nobody can write anywhere while a fence stands on the old primary, with the SQL that ends that; mrkdwn. */
export function standingFenceSentence(state: IncidentState): string | undefined {
  const fence = standingFence(state);
  const plan = planOf(state, state.run?.planId)?.plan;
  if (!fence || !plan) return undefined;
  const { primary, replica, applicationUsers } = plan.system.database;
  const are = fence.certain ? 'are still stopped' : 'may be stopped';
  const sql = applicationUsers.map((role) => `\`ALTER ROLE ${escapeText(quoted(role))} LOGIN\``).join(', ');
  // Two primaries that both take writes are worse than none.
  const first = fence.promotionBegun
    ? `, once you have seen that ${escapeText(replica.instance)} was not promoted`
    : '';
  return `*Writes on the old primary, ${escapeText(primary.instance)} in ${escapeText(primary.region)}, ${are}.* To allow them again${first}, run ${sql} there.`;
}

/** As SQL reads a name: one that is not plain lower case stands in quotes. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
