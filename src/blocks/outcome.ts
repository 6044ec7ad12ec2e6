import { findingsOf } from '../domain/findings.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { pinnedSentence, pinnedServices } from '../domain/pinned-services.ts';
import { promotes } from '../domain/promoted-loss.ts';
import { hasRecovered, isUndo, recoveryFigures } from '../domain/recovery.ts';
import { standingFence } from '../domain/standing-fence.ts';
import { mayHaveActed } from '../domain/undo.ts';
import { isWatching } from '../domain/watch-state.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';
import { overriddenLines } from './overrides.ts';
import { changeLines } from './run-changes.ts';
import { utc } from './time.ts';

/** One line: how the run ended, with its exceptions. */
export function outcomeText(state: IncidentState): string {
  const { run } = state;
  if (!run?.outcome) return '';
  const exceptions = exceptionsLeft(state);
  const left = exceptions.length > 0 ? `: ${exceptions.map(escapeText).join(', ')}` : '';
  const withExceptions = left === '' ? '' : `, with exceptions${left}`;
  if (run.outcome === 'finished') return `${lookedWords(state)}${withExceptions}.`;
  if (!isRecovered(run)) return `${ended(state, run.outcome === 'aborted' ? 'aborted' : failedWords(state))}${left}.`;
  return `${ended(state, isUndo(state) ? 'done' : `recovered${afterDetection(state)}`)}${withExceptions}.`;
}

/** How a run ended that only looked: it has recovered nothing, and says what it found. */
function lookedWords(state: IncidentState): string {
  const count = findingsOf(state).length;
  const found = count === 0 ? 'nothing to report' : count === 1 ? '1 finding' : `${count} findings`;
  return `Looked at everything, ${found}; nothing was changed`;
}

function afterDetection(state: IncidentState): string {
  const seconds = recoveryFigures(state)?.recoverySeconds;
  return seconds === undefined ? '' : ` ${formatSeconds(seconds)} after detection`;
}

/** How a run or an undo ended: `Aborted`, `Undo of INC-1.r1 done`. */
function ended(state: IncidentState, word: string): string {
  const undone = planOf(state, state.run?.planId)?.plan.undoOf;
  return undone === undefined ? word.charAt(0).toUpperCase() + word.slice(1) : `Undo of ${escapeText(undone)} ${word}`;
}

/** Steps that a failed run names as the reason. */
const FAILED_NAMED = 3;

/** Where a run failed: the steps that stood failed when it was ended. */
function failedWords(state: IncidentState): string {
  const steps = planOf(state, state.run?.planId)?.plan.steps ?? [];
  const failed = steps.filter(({ id }) => state.run?.exceptions.includes(`failed ${id}`)).map(({ title }) => title);
  const named = failed.slice(0, FAILED_NAMED).map((title) => `“${escapeText(cut(title, LONGEST_TITLE))}”`);
  const left = failed.length - named.length;
  const more = left > 0 ? ` and ${left} more` : '';
  return named.length > 0 ? `failed at ${named.join(', ')}${more}` : 'failed';
}

/**
 * What a run left behind that somebody has to see to; the step that it failed at stands elsewhere. An old primary
 * without a fence is none of it as long as it is the only primary: a run that ended before the promotion began has put
 * no other in its place.
 */
function exceptionsLeft(state: IncidentState): string[] {
  const { run } = state;
  const steps = planOf(state, run?.planId)?.plan.steps ?? [];
  const hasBegun = steps.some(({ id, effect }) => {
    const now = run?.steps[id];
    return effect === 'irreversible' && now !== undefined && mayHaveActed(now);
  });
  return (run?.exceptions ?? []).filter(
    (name) => !name.startsWith('failed ') && (name !== 'unfenced' || isRecovered(run) || hasBegun),
  );
}

const LONGEST_TITLE = 80;
const LONGEST_REASON = 300;

/**
 * What is left to see to first, then figures against targets, then what was changed; without what the headline says
 * already. mrkdwn.
 */
export function outcomeLines(state: IncidentState, headline: string): string[] {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return [];
  const lines = plan.steps.flatMap((step) => {
    const now = run.steps[step.id];
    if (!now) return [];
    const { status, skippedBy, leftOutBecause } = now;
    const title = escapeText(cut(step.title, LONGEST_TITLE));
    const reason = (text: string) => escapeText(cut(text, LONGEST_REASON));
    return [
      ...overriddenLines(step, now).map((line) => `• *overridden*: ${line}`),
      ...(status === 'skipped' && skippedBy
        ? [`• *skipped*: ${title} (<@${skippedBy.by}>: ${reason(skippedBy.reason)})`]
        : []),
      ...(leftOutBecause === undefined ? [] : [`• *left out*: ${title} (${reason(leftOutBecause)})`]),
    ];
  });
  return [
    ...openLines(state),
    ...lines,
    ...figureLines(state),
    ...(hasRecovered(state) ? [] : changeLines(state, fenceLine(state, headline))),
  ];
}

/** The fence that stands, unless the headline says so. */
function fenceLine(state: IncidentState, headline: string): string[] {
  const fence = standingFenceWords(state);
  return fence && !headline.includes(fence.byHand) ? [`• ${fence.stands} ${fence.byHand}`] : [];
}

/** What is left open and not watched: what a watch knows of it stands with the watches. */
function openLines(state: IncidentState): string[] {
  const exceptions = exceptionsLeft(state);
  const watches = state.watches.filter((watch) => watch.runId === state.run?.id || isWatching(watch));
  const watched = new Set(watches.map(({ kind }) => kind));
  const lines: string[] = [];
  if (exceptions.includes('unfenced') && !watched.has('unfenced')) {
    const signatures = planOf(state, state.run?.planId)?.plan.signatures ?? [];
    const subjects = signatures.filter(({ kind }) => kind === 'unfenced').map(({ subject }) => escapeText(subject));
    lines.push(
      `• *unfenced*: ${subjects.join(', ') || 'the old primary'} may accept writes when it comes back. Keep clients away, and fence it first.`,
    );
  }
  if (exceptions.includes('unprotected') && !watched.has('unprotected')) {
    lines.push('• *unprotected*: the new primary has no replica. Create one before anything else fails.');
  }
  const pinned = pinnedServices(state.run, planOf(state, state.run?.planId)?.plan);
  lines.push(...pinned.map((one) => `• *pinned*: ${escapeText(pinnedSentence(one, state.id))}`));
  return lines;
}

function figureLines(state: IncidentState): string[] {
  const figures = recoveryFigures(state);
  const plan = planOf(state, state.run?.planId)?.plan;
  if (!figures || !hasRecovered(state)) return [];
  const { recoverySeconds, recoveredAt, rtoSeconds, lossSeconds, lossSource, rpoSeconds, promotedBy } = figures;
  const lines: string[] = [];
  if (recoverySeconds !== undefined && recoveredAt !== undefined) {
    const verdict = recoverySeconds <= rtoSeconds ? 'met' : 'missed';
    lines.push(`• RTO ${formatSeconds(rtoSeconds)}: ${verdict}. Users can work again since ${utc(recoveredAt)}.`);
  }
  if (lossSeconds !== undefined) {
    const verdict = lossSeconds <= rpoSeconds ? 'met' : 'missed';
    const loss = lossSeconds === 0 ? 'No data lost' : `Data loss at most ${formatSeconds(lossSeconds)}`;
    const by = promotedBy === undefined ? '' : ` It was ${escapeText(promotedBy)} that promoted.`;
    lines.push(`• RPO ${formatSeconds(rpoSeconds)}: ${verdict}. ${loss}, ${lossSource}.${by}`);
  } else if (promotedBy === undefined && plan && promotes(plan)) {
    lines.push(
      `• RPO ${formatSeconds(rpoSeconds)}: not known. No figure for the data loss: this run promoted nothing.`,
    );
  }
  return lines;
}

/** That nobody can write anywhere while a fence stands on the old primary, and the SQL that ends that; mrkdwn. */
export function standingFenceWords(state: IncidentState): { stands: string; byHand: string } | undefined {
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
  return {
    stands: `*Writes on the old primary, ${escapeText(primary.instance)} in ${escapeText(primary.region)}, ${are}.*`,
    byHand: `To allow them again by hand${first}, run ${sql} there.`,
  };
}

/** As SQL reads a name: one that is not plain lower case stands in quotes. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
