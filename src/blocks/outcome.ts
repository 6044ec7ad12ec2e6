import type { Change } from '../domain/action.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { hasRecovered, isUndo, recoveryFigures } from '../domain/recovery.ts';
import { mayHaveFenced, standingFence } from '../domain/standing-fence.ts';
import { mayHaveActed, undoable } from '../domain/undo.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';
import { overriddenLines } from './overrides.ts';
import { utc } from './time.ts';

/** One line: how the run ended, with its exceptions. */
export function outcomeText(state: IncidentState): string {
  const { run } = state;
  if (!run?.outcome) return '';
  const exceptions = exceptionsLeft(state);
  const left = exceptions.length > 0 ? `: ${exceptions.map(escapeText).join(', ')}` : '';
  if (!isRecovered(run)) return `${ended(state, run.outcome === 'aborted' ? 'aborted' : failedWords(state))}${left}.`;
  return `${ended(state, isUndo(state) ? 'done' : `recovered${afterDetection(state)}`)}${left ? `, with exceptions${left}` : ''}.`;
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

/** Lines of what was changed that are shown; the journal has all. */
const CHANGES_SHOWN = 20;
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
    ...(hasRecovered(state) ? [] : changeLines(state, headline)),
  ];
}

/** What is left open and not watched: what a watch knows of it stands with the watches. */
function openLines(state: IncidentState): string[] {
  const exceptions = exceptionsLeft(state);
  const watched = new Set(state.watches.filter(({ runId }) => runId === state.run?.id).map(({ kind }) => kind));
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
  return lines;
}

function figureLines(state: IncidentState): string[] {
  const figures = recoveryFigures(state);
  if (!figures || !hasRecovered(state)) return [];
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

/** What a run that did not recover may have changed, what it has changed and whether it can be undone, and the rest. */
function changeLines(state: IncidentState, headline: string): string[] {
  const { halfDone, changed, untouched } = changesOf(state);
  const fence = standingFenceWords(state);
  const back = backWords(state);
  const word = isUndo(state) ? 'taken back' : 'changed';
  const lines = [
    ...halfDone.map((step) => `• may be half done${back(step)}: ${escapeText(step.title)}. Look before you go on.`),
    ...changed.map(({ step, changes }) => {
      const what = changes.map(({ what, before, after }) => escapeText(`${what}: ${before} → ${after}`)).join('; ');
      return `• ${word}${back(step)}: ${escapeText(step.title)}${what ? `: ${what}` : ''}`;
    }),
  ];
  if (lines.length === 0) return [];
  const left = lines.length - CHANGES_SHOWN;
  return [
    ...(fence && !headline.includes(fence.byHand) ? [`• ${fence.stands} ${fence.byHand}`] : []),
    ...lines.slice(0, CHANGES_SHOWN),
    ...(left > 0 ? [`• … and ${left} more steps that changed something`] : []),
    untouchedLine(untouched, isUndo(state) ? 'not taken back' : 'not touched'),
  ];
}

/** Whether a step that changed something can be undone, and else why not; of an undo what is left is no more than that. */
function backWords(state: IncidentState): (step: PlannedStep) => string {
  const { undo, not } = undoable(state);
  if (isUndo(state)) return () => '';
  const why = new Map(not.map(({ step, because }) => [step.id, because]));
  const may = new Set(undo.map(({ id }) => id));
  return ({ id, effect }) => {
    if (may.has(id)) return ' (can be undone)';
    if (effect === 'irreversible') return ' (cannot be taken back)';
    const because = why.get(id);
    return because === undefined ? '' : ` (not undone: ${escapeText(cut(because, LONGEST_REASON))})`;
  };
}

function untouchedLine(steps: PlannedStep[], word: string): string {
  if (steps.length === 0) return '• everything else was not touched';
  const named = steps.slice(0, UNTOUCHED_NAMED).map(({ title }) => escapeText(cut(title, LONGEST_TITLE)));
  const left = steps.length - named.length;
  return `• ${word}: ${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

/** Steps that a run would have changed something in, and never began. */
const UNTOUCHED_NAMED = 5;

/** Whether a run that has ended left everything as it was before. */
export function leftAsItWas(state: IncidentState): boolean {
  const { halfDone, changed } = changesOf(state);
  return halfDone.length === 0 && changed.length === 0;
}

/** Steps that change something: those that were begun and ended, those that were cut short, and those never begun. */
function changesOf({ run, plans }: IncidentState) {
  const halfDone: PlannedStep[] = [];
  const changed: { step: PlannedStep; changes: Change[] }[] = [];
  const untouched: PlannedStep[] = [];
  for (const step of (run && planOf({ plans }, run.planId)?.plan.steps) ?? []) {
    const now = run?.steps[step.id];
    if (!now || step.effect === 'read' || step.gathers) continue;
    if (!mayHaveActed(now)) {
      if (now.status !== 'left out') untouched.push(step);
      continue;
    }
    if (now.outputs?.fenced === false) {
      // One that found nobody to fence has changed nothing; one that was not proven may stand.
      if (mayHaveFenced(now)) halfDone.push(step);
      continue;
    }
    if (now.status === 'succeeded') changed.push({ step, changes: now.changes });
    else halfDone.push(step);
  }
  return { halfDone, changed, untouched };
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
