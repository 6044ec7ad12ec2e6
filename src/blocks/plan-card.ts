import type { KnownBlock } from '@slack/web-api';
import { approvalUnderWay, nameOf } from '../domain/approval.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import type { IncidentState, PlanState, RunState } from '../domain/incident-state.ts';
import { measuredWords } from '../domain/measured-words.ts';
import type { Plan } from '../domain/plan.ts';
import { sawPrimary } from '../domain/promoted.ts';
import { isReadOnly } from '../domain/read-only.ts';
import { targetsOf } from '../domain/targets.ts';
import { againSentence } from './again.ts';
import { changeSections } from './changes.ts';
import { escapeText } from './escape.ts';
import { notThese, untouched } from './headline.ts';
import { buttons, context, cut, fields, header, type Message, notification, roomBeside, section } from './message.ts';
import { planOverrideLines } from './overrides.ts';
import { overrideBlocks, refusalLines } from './refused-plan.ts';
import { utc, utcMinute } from './time.ts';
import { nextRunSentence } from './under-way.ts';

/** Steps that a decided plan still names. */
const STEPS_NAMED = 12;
const LONGEST_REASON = 300;
/** Of what an override passes, in the dialog, which Slack cuts at 300 characters. */
const LONGEST_MEASURE = 60;

/**
 * The go / no-go card of one plan. Before the decision: what is signed for, what it costs, every change, the buttons.
 * After it: who decided and when, in few lines, so that the board is not far away. Pure; `now` is world time.
 */
export function planCard(state: IncidentState, entry: PlanState, now: number): Message {
  const { plan, status } = entry;
  const title = titleOf(plan);
  const verdict = verdictLines(state, entry, now);
  const text = notification(`${title}.`, ...verdict);
  const above = [header(title), section(verdict)];
  if (status !== 'awaiting approval') {
    const blocks = [...above, ...record(entry), ...overrideBlocks(state, entry, now), context(footnote(plan))];
    return { text, blocks };
  }
  // Whoever decides sees on one screen what they sign for and what it costs; the dialog repeats what is irreversible.
  const before = [
    ...above,
    ...replacedBlocks(state, plan),
    ...overriddenBlocks(entry),
    ...signatureBlocks(plan),
    ...warningBlocks(plan),
    fields(predictions(state, plan, now)),
    ...(approvalUnderWay(entry, now) ? [] : [decisionButtons(state, entry)]),
  ];
  const after = [...guardBlocks(entry), context(footnote(plan))];
  return { text, blocks: [...before, ...changeSections(plan, roomBeside([...before, ...after])), ...after] };
}

function titleOf(plan: Plan): string {
  const { id, system, mode, undoOf } = plan;
  return undoOf === undefined
    ? `Plan ${id} · ${system.title}${whereTo(plan)} (${mode})`
    : `Plan ${id} · Undo of ${undoOf} · ${system.title}`;
}

function whereTo({ params, title }: Plan): string {
  return typeof params.to === 'string' ? ` to ${params.to}` : `, ${title}`;
}

/** What stands, and what to do about it. */
function verdictLines(state: IncidentState, entry: PlanState, now: number): string[] {
  const { plan, status, decision, difference } = entry;
  const when = decision ? ` at ${utc(decision.at)}` : '';
  const again = againSentence(state, plan);
  const nothing = untouched(state);
  switch (status) {
    case 'awaiting approval':
      return waitingLines(state, entry, now);
    case 'approved': {
      if (isReadOnly(plan) && decision?.by === plan.requestedBy) {
        return [`🔎 *Changes nothing*, so it needed no approval and began${when}. ${askedFor(plan)}`];
      }
      const signed = decision?.signed.length ? ` Signed for: ${decision.signed.map(signedName).join(', ')}.` : '';
      const waits = state.next?.planId === plan.id ? ` ${nextRunSentence(state) ?? ''}`.trimEnd() : '';
      const passed = planOverrideLines(entry);
      return [
        `✅ *Approved by <@${decision?.by}>*${when}.${waits}${signed} ${askedFor(plan)}`,
        ...(passed.length > 0 ? ['✍️ *Overridden, for this plan only:*', ...passed] : []),
      ];
    }
    case 'rejected':
      return [
        `🚫 *${decision?.by === plan.requestedBy ? 'Withdrawn' : 'Rejected'} by <@${decision?.by}>*${when}. ${nothing}`,
        ...(isNewest(state, plan) ? [again] : []),
      ];
    case 'refused':
      return [
        `⛔ *Cannot be approved.* ${nothing}`,
        ...refusalLines(entry),
        ...(isNewest(state, plan) ? [`*Once that holds:* ${again}`] : []),
      ];
    case 'voided':
      return [
        `♻️ *No longer valid.* ${nothing}`,
        ...(difference ?? []).map((line) => `• ${escapeText(line)}`),
        successor(state, plan),
      ].filter((line) => line !== '');
    case 'expired':
      return [`⌛ *Expired*: nobody decided in time. ${nothing}`, ...(isNewest(state, plan) ? [again] : [])];
  }
}

function waitingLines(state: IncidentState, entry: PlanState, now: number): string[] {
  const { plan, approval } = entry;
  const underWay = approvalUnderWay(entry, now);
  if (underWay) {
    return [
      `⏳ *<@${underWay.by}> is approving*, since ${utc(underWay.at)}. It is compared with the live state first. ${untouched(state)}`,
    ];
  }
  const decide = `Approve or reject it below: ${notThese(entry)}.`;
  if (!approval) return [`⏸️ *Waits for approval.* ${decide} ${untouched(state)}`, ...reasonLines(plan)];
  const why = approval.failure
    ? escapeText(approval.failure.message)
    : 'The comparison with the live state did not end.';
  return [
    `❗ *Not approved:* <@${approval.by}> tried at ${utc(approval.at)}, and nothing was started. ${why}`,
    decide,
    ...reasonLines(plan),
  ];
}

function reasonLines({ reason }: Plan): string[] {
  return reason ? [`Asked for because: ${escapeText(cut(reason, LONGEST_REASON))}`] : [];
}

function askedFor({ requestedBy, reason }: Plan): string {
  return `Asked for by ${escapeText(nameOf(requestedBy))}${reason ? `: ${escapeText(cut(reason, LONGEST_REASON))}` : ''}.`;
}

function isNewest({ plans, status }: IncidentState, { id }: Plan): boolean {
  return status === 'open' && plans.at(-1)?.plan.id === id;
}

/** What to look at instead of a plan that is no longer valid. */
function successor(state: IncidentState, plan: Plan): string {
  const { id } = plan;
  if (state.status === 'resolved') return '';
  const next = state.plans.at(-1);
  if (!next || next.plan.id === id) return againSentence(state, plan);
  if (next.status === 'awaiting approval') return `*Decide on plan ${next.plan.id} instead*, below.`;
  return next.status === 'refused'
    ? `Plan ${next.plan.id} took its place, but cannot be approved: *see there what has to be mended*, below.`
    : '';
}

function predictions(state: IncidentState, plan: Plan, now: number): [string, string][] {
  const { lossSeconds, durationSeconds } = plan.predicted;
  const { rtoSeconds: rto, rpoSeconds: rpo } = targetsOf(plan.system, plan.runbook, plan.severity);
  const rtoEnds = state.detectedAt + rto * 1000;
  const latest = rtoEnds - durationSeconds * 1000;
  const ends = utcMinute(rtoEnds);
  const unknown = sawPrimary(plan) ? 'none by this plan: the promotion is done' : 'not known';
  const loss =
    lossSeconds === undefined ? unknown : lossSeconds === 0 ? 'none' : `at most ${formatSeconds(lossSeconds)}`;
  const inTime =
    now <= latest
      ? `in time if approved by ${utcMinute(latest)} (RTO ends ${ends})`
      : now <= rtoEnds
        ? `too long for the RTO, which ends ${ends}`
        : `the RTO ended ${ends}`;
  const window = windowWords(plan);
  const fence: [string, string][] = window ? [['Last moment to stop it', window]] : [];
  if (plan.undoOf !== undefined) return [['Takes', formatSeconds(durationSeconds)], ...fence];
  const loses: [string, string][] =
    lossSeconds === undefined && !firstIrreversible(plan.steps)
      ? []
      : [['Data loss', `${loss} (RPO ${formatSeconds(rpo)})`]];
  return [...loses, ['Takes', `${formatSeconds(durationSeconds)}; ${inTime}`], ...fence];
}

/** How long an abort still stops what cannot be taken back, once everything before it is done; mrkdwn. */
function windowWords({ abortWindowSeconds, steps }: Plan): string | undefined {
  const step = firstIrreversible(steps);
  if (!abortWindowSeconds || !step) return undefined;
  return `${formatSeconds(abortWindowSeconds)} before “${escapeText(step.title)}”`;
}

function firstIrreversible(steps: Plan['steps']): Plan['steps'][number] | undefined {
  return steps.find(({ included, effect }) => included && effect === 'irreversible');
}

/** The run under way that an approval of this plan aborts. */
function replacedRun({ run }: IncidentState, { id }: Plan): RunState | undefined {
  return run && run.status !== 'finished' && run.planId !== id ? run : undefined;
}

function replacedBlocks(state: IncidentState, plan: Plan): KnownBlock[] {
  const run = replacedRun(state, plan);
  if (!run) return [];
  const what = run.status === 'aborting' ? 'is being aborted, and ends first' : 'is under way';
  const does =
    run.status === 'aborting'
      ? ''
      : ` *Approving this aborts ${run.id} first*, so one of the two, who asked for it and who approves it, must be a commander.`;
  return [section(`🛑 *${run.id} ${what}.*${does} This plan starts when no call of ${run.id} is on its way any more.`)];
}

/** Guards that do not hold and are passed all the same: whoever approves is the second name. */
function overriddenBlocks(entry: PlanState): KnownBlock[] {
  const lines = planOverrideLines(entry);
  return lines.length > 0 ? [section(['⚠️ *Overridden. Approving is the second name under this:*', ...lines])] : [];
}

/** What people should know before they approve. */
function warningBlocks({ warnings = [] }: Plan): KnownBlock[] {
  return warnings.length > 0 ? [section(warnings.map((warning) => `⚠️ ${escapeText(warning)}`))] : [];
}

/** Those that hold, with what was measured, in small print; the others are overridden, or the plan is refused. */
function guardBlocks({ plan }: PlanState): KnownBlock[] {
  const { guards } = plan;
  const held = guards.filter(({ passed }) => passed);
  if (held.length === 0) return [];
  const words = held.map(({ title, measured }) => `${escapeText(title)} (${escapeText(measuredWords(measured))})`);
  const all = guards.length === 1 ? 'The guard holds' : `All ${guards.length} guards hold`;
  const count = held.length === guards.length ? all : `${held.length} of ${guards.length} guards hold`;
  return [context(`✅ *${count}:* ${words.join(' · ')}`)];
}

function signatureBlocks({ signatures }: Plan): KnownBlock[] {
  if (signatures.length === 0) return [];
  return [
    section([
      '⚠️ *Approving signs for this by name:*',
      ...signatures.map(
        ({ kind, subject, sentence }) => `• *${kind}: ${escapeText(subject)}.* ${escapeText(sentence)}`,
      ),
    ]),
  ];
}

/** Of an approved plan: what it changes, by step. Of one that was not approved, nothing: it changed nothing. */
function record({ plan, status }: PlanState): KnownBlock[] {
  if (status !== 'approved') return [];
  const changing = plan.steps.filter(({ included, effect }) => included && effect !== 'read');
  if (changing.length === 0) return [];
  const named = changing
    .slice(0, STEPS_NAMED)
    .map(({ title, effect }) => `${escapeText(title)}${effect === 'irreversible' ? ' (cannot be taken back)' : ''}`);
  const left = changing.length - named.length;
  return [section(`*What it changes:* ${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}.`)];
}

function footnote(plan: Plan): string {
  const needs = new Set(
    plan.steps
      .filter(({ included }) => included)
      .flatMap(({ dependsOn }) => dependsOn.map(({ region, controlPlane }) => controlPlane ?? region ?? ''))
      .filter(Boolean),
  );
  return `${escapeText(plan.title)} · needs ${[...needs].map(escapeText).join(', ')} · made ${utc(plan.createdAt, true)} · hash \`${plan.hash.slice(0, 12)}\``;
}

function decisionButtons(state: IncidentState, entry: PlanState): KnownBlock {
  const { plan, overrides = [] } = entry;
  const irreversible = firstIrreversible(plan.steps);
  const replaced = replacedRun(state, plan);
  const begins = replaced ? `${replaced.id} is aborted first.` : 'It starts at once.';
  const passed = overrides.map(({ step, measured, limit }) => {
    const numbers = measuredWords(`${measured}; needed ${limit}`);
    return `${step} (${escapeText(cut(numbers, LONGEST_MEASURE))})`;
  });
  const passes = passed.length > 0 ? `You are the second name under the override of ${passed.join(', ')}. ` : '';
  const signing = plan.signatures
    .map(({ kind, subject }) => `You sign *${kind}* for ${escapeText(subject)}. `)
    .join('');
  return buttons([
    {
      verb: 'approve',
      args: plan.id,
      label: 'Approve',
      style: 'primary',
      confirm: {
        title: `Approve plan ${plan.id}?`,
        text: `${passes}${signing}${begins}${irreversible ? ` “${escapeText(irreversible.title)}” cannot be taken back.` : ''}`,
        yes: 'Approve and start',
        no: 'Not yet',
      },
    },
    { verb: 'reject', args: plan.id, label: 'Reject' },
  ]);
}

function signedName(signed: string): string {
  const [kind, ...subject] = signed.split(':');
  return `${kind}: ${escapeText(subject.join(':').trim())}`;
}
