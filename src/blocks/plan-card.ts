import type { KnownBlock } from '@slack/web-api';
import { approvalUnderWay } from '../domain/approval.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import type { IncidentState, PlanState } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import { changeSections } from './changes.ts';
import { escapeText } from './escape.ts';
import { untouched } from './headline.ts';
import { buttons, context, cut, fields, header, type Message, notification, roomBeside, section } from './message.ts';
import { utc, utcMinute } from './time.ts';

/** Steps that a decided plan still names. */
const STEPS_NAMED = 12;
const LONGEST_REASON = 300;

/**
 * The go / no-go card of one plan. Before the decision: what is signed for, what it costs, every change, the buttons.
 * After it: who decided and when, in few lines, so that the board is not far away. Pure; `now` is world time.
 */
export function planCard(state: IncidentState, entry: PlanState, now: number): Message {
  const { plan, status } = entry;
  const title = `Plan ${plan.id} · ${plan.system.title}${whereTo(plan)} (${plan.mode})`;
  const verdict = verdictLines(state, entry, now);
  const text = notification(`${title}.`, ...verdict);
  const above = [header(title), section(verdict)];
  if (status !== 'awaiting approval') return { text, blocks: [...above, ...record(entry), context(footnote(plan))] };
  // Whoever decides sees on one screen what they sign for and what it costs; the dialog repeats what is irreversible.
  const before = [
    ...above,
    ...signatureBlocks(plan),
    fields(predictions(state, plan, now)),
    ...(approvalUnderWay(entry, now) ? [] : [decisionButtons(plan)]),
  ];
  const after = [...guardBlocks(plan), context(footnote(plan))];
  return { text, blocks: [...before, ...changeSections(plan, roomBeside([...before, ...after])), ...after] };
}

function whereTo({ params, title }: Plan): string {
  return typeof params.to === 'string' ? ` to ${params.to}` : `, ${title}`;
}

/** What stands, and what to do about it. */
function verdictLines(state: IncidentState, entry: PlanState, now: number): string[] {
  const { plan, status, decision, difference } = entry;
  const when = decision ? ` at ${utc(decision.at)}` : '';
  const again = `\`/dr failover ${plan.systemName}\` makes a new plan.`;
  const nothing = untouched(state);
  switch (status) {
    case 'awaiting approval':
      return waitingLines(state, entry, now);
    case 'approved': {
      const signed = decision?.signed.length ? ` Signed for: ${decision.signed.map(signedName).join(', ')}.` : '';
      return [`✅ *Approved by <@${decision?.by}>*${when}.${signed} ${askedFor(plan)}`];
    }
    case 'rejected':
      return [
        `🚫 *${decision?.by === plan.requestedBy ? 'Withdrawn' : 'Rejected'} by <@${decision?.by}>*${when}. ${nothing}`,
        ...(isNewest(state, plan) ? [again] : []),
      ];
    case 'refused':
      return [
        `⛔ *Cannot be approved.* ${nothing}`,
        ...plan.guards.filter(({ passed }) => !passed).map((guard) => failedGuard(plan, guard)),
        ...(isNewest(state, plan) ? [`Once that holds, \`/dr failover ${plan.systemName}\` makes a new plan.`] : []),
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
  const decide = `Approve or reject it below: not <@${plan.requestedBy}>, who asked for it.`;
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
  return `Asked for by <@${requestedBy}>${reason ? `: ${escapeText(cut(reason, LONGEST_REASON))}` : ''}.`;
}

function isNewest({ plans, status }: IncidentState, { id }: Plan): boolean {
  return status === 'open' && plans.at(-1)?.plan.id === id;
}

/** What to look at instead of a plan that is no longer valid. */
function successor(state: IncidentState, { id, systemName }: Plan): string {
  if (state.status === 'resolved') return '';
  const next = state.plans.at(-1);
  if (!next || next.plan.id === id) return `\`/dr failover ${systemName}\` makes a new plan.`;
  if (next.status === 'awaiting approval') return `*Decide on plan ${next.plan.id} instead*, below.`;
  return next.status === 'refused'
    ? `Plan ${next.plan.id} took its place, but cannot be approved: *see there what has to be mended*, below.`
    : '';
}

function predictions(state: IncidentState, plan: Plan, now: number): [string, string][] {
  const { lossSeconds, durationSeconds } = plan.predicted;
  const rto = plan.system.rto[plan.severity];
  const rtoEnds = state.detectedAt + rto * 1000;
  const latest = rtoEnds - durationSeconds * 1000;
  const ends = utcMinute(rtoEnds);
  const loss =
    lossSeconds === undefined ? 'not known' : lossSeconds === 0 ? 'none' : `at most ${formatSeconds(lossSeconds)}`;
  const inTime =
    now <= latest
      ? `in time if approved by ${utcMinute(latest)} (RTO ends ${ends})`
      : now <= rtoEnds
        ? `too long for the RTO, which ends ${ends}`
        : `the RTO ended ${ends}`;
  return [
    ['Data loss', `${loss} (RPO ${formatSeconds(plan.system.rpo.database)})`],
    ['Takes', `${formatSeconds(durationSeconds)}; ${inTime}`],
  ];
}

/** Those that hold, with what was measured, in small print; a plan with one that does not is refused. */
function guardBlocks({ guards }: Plan): KnownBlock[] {
  if (guards.length === 0) return [];
  const held = guards.map(({ title, measured }) => `${escapeText(title)} (${escapeText(measured)})`);
  return [
    context(
      `✅ *${guards.length === 1 ? 'The guard holds' : `All ${guards.length} guards hold`}:* ${held.join(' · ')}`,
    ),
  ];
}

function failedGuard(plan: Plan, { title, measured, reason, step }: Plan['guards'][number]): string {
  const seen = plan.steps.find(({ id }) => id === step)?.observation;
  const unreachable = seen?.state === 'unreachable' ? ` Not reachable: ${escapeText(seen.reason)}` : '';
  return `❌ *${escapeText(title)}*: no (${escapeText(measured)}). ${escapeText(reason ?? '')}${unreachable}`.trim();
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

function decisionButtons(plan: Plan): KnownBlock {
  const irreversible = plan.steps.find(({ included, effect }) => included && effect === 'irreversible');
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
        text: `${signing}It starts at once.${irreversible ? ` “${escapeText(irreversible.title)}” cannot be taken back.` : ''}`,
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
