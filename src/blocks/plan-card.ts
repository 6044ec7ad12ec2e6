import { formatSeconds } from '../domain/format-seconds.ts';
import type { IncidentState, PlanState } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import { changeSections } from './changes.ts';
import { escapeText } from './escape.ts';
import { buttons, context, fields, header, type Message, roomBeside, section } from './message.ts';
import { utc } from './time.ts';

/** The go / no-go card of one plan: what would change, what would be lost, who must decide. Pure. */
export function planCard(state: IncidentState, entry: PlanState): Message {
  const { plan } = entry;
  const where = typeof plan.params.to === 'string' ? ` to ${plan.params.to}` : '';
  const title = `Plan ${plan.id}: ${plan.system.title}, ${plan.title}${where} (${plan.mode})`;
  const verdict = verdictLine(entry);
  const above = [
    header(title),
    section(verdict),
    fields(predictions(state, plan)),
    section(['*Guards*', ...plan.guards.map((guard) => guardLine(plan, guard))]),
  ];
  const below = [
    ...signatureBlocks(plan),
    context(footnote(plan)),
    ...(entry.status === 'awaiting approval' ? [decisionButtons(plan)] : []),
  ];
  const changes = plan.verdict === 'ready' ? changeSections(plan, roomBeside([...above, ...below])) : [];
  return { text: `${title}. ${verdict}`, blocks: [...above, ...changes, ...below] };
}

function verdictLine({ plan, status, decision, difference }: PlanState): string {
  const asked = `Asked for by <@${plan.requestedBy}>${plan.reason ? `: ${escapeText(plan.reason)}` : ''}.`;
  const when = decision ? ` at ${utc(decision.at)}` : '';
  switch (status) {
    case 'awaiting approval':
      return `⏸️ *Waiting for approval* by a second person. ${asked} Nothing has been changed yet.`;
    case 'approved': {
      const signed = decision?.signed.length ? ` Signed for: ${decision.signed.map(signedName).join(', ')}.` : '';
      return `✅ *Approved* by <@${decision?.by}>${when}.${signed} ${asked}`;
    }
    case 'rejected':
      return `🚫 *Rejected* by <@${decision?.by}>${when}. Nothing was changed. ${asked}`;
    case 'refused': {
      const failed = plan.guards.find(({ passed }) => !passed);
      return `⛔ *Refused: ${escapeText(failed?.title ?? 'a guard failed')}: no.* ${escapeText(failed?.reason ?? '')} Nothing was changed. ${asked}`;
    }
    case 'voided':
      return [
        `♻️ *Void*: the world changed after this plan was made. Nothing was changed.`,
        ...(difference ?? []).map((line) => `• ${escapeText(line)}`),
      ].join('\n');
    case 'expired':
      return `⌛ *Expired* without a decision. Nothing was changed. Ask again with \`/dr failover ${plan.systemName}\`.`;
  }
}

function predictions(state: IncidentState, plan: Plan): [string, string][] {
  const { lossSeconds, durationSeconds } = plan.predicted;
  const rto = plan.system.rto[plan.severity];
  const rtoEnds = state.detectedAt + rto * 1000;
  const left = (rtoEnds - plan.createdAt) / 1000;
  const loss =
    lossSeconds === undefined ? 'not known' : lossSeconds === 0 ? 'none' : `at most ${formatSeconds(lossSeconds)}`;
  const leftover = left > 0 ? `${formatSeconds(left)} left when this was made` : 'already over';
  return [
    ['Predicted data loss', `${loss} (RPO ${formatSeconds(plan.system.rpo.database)})`],
    ['Predicted duration', `${formatSeconds(durationSeconds)} after approval`],
    ['RTO', `${formatSeconds(rto)}, ends ${utc(rtoEnds)} (${leftover})`],
    ['Detected', utc(state.detectedAt, true)],
  ];
}

function guardLine(plan: Plan, { title, passed, measured, reason, step }: Plan['guards'][number]): string {
  const line = `${passed ? '✅ yes' : '❌ no'}  ${escapeText(title)} (${escapeText(measured)})`;
  const seen = plan.steps.find(({ id }) => id === step)?.observation;
  const unreachable = seen?.state === 'unreachable' ? ` Not reachable: ${escapeText(seen.reason)}` : '';
  return passed ? line : `${line}\n      ${escapeText(reason ?? '')}${unreachable}`;
}

function signatureBlocks(plan: Plan) {
  if (plan.signatures.length === 0) return [];
  return [
    section([
      plan.verdict === 'ready' ? '⚠️ *Cannot be fenced: approving signs for it by name*' : '⚠️ *Cannot be fenced now*',
      ...plan.signatures.map(
        ({ kind, subject, sentence }) => `• *${kind}: ${escapeText(subject)}.* ${escapeText(sentence)}`,
      ),
    ]),
  ];
}

function footnote(plan: Plan): string {
  const needs = new Set(
    plan.steps
      .filter(({ included }) => included)
      .flatMap(({ dependsOn }) => dependsOn.map(({ region, controlPlane }) => controlPlane ?? region ?? ''))
      .filter(Boolean),
  );
  return `Hash \`${plan.hash.slice(0, 12)}\` · made ${utc(plan.createdAt, true)} · needs ${[...needs].map(escapeText).join(', ')}`;
}

function decisionButtons(plan: Plan) {
  const irreversible = plan.steps.find(({ included, effect }) => included && effect === 'irreversible');
  const signing = plan.signatures
    .map(({ kind, subject }) => ` You sign *${kind}* for ${escapeText(subject)}.`)
    .join('');
  return buttons([
    {
      verb: 'approve',
      args: plan.id,
      label: 'Approve',
      style: 'primary',
      confirm: {
        title: `Approve plan ${plan.id}?`,
        text: `It starts at once.${irreversible ? ` "${escapeText(irreversible.title)}" cannot be taken back.` : ''}${signing}`,
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
