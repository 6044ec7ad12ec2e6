import type { KnownBlock } from '@slack/web-api';
import { APPROVAL_VALID } from '../domain/escalation.ts';
import type { IncidentState, PlanState } from '../domain/incident-state.ts';
import { measuredWords } from '../domain/measured-words.ts';
import type { GuardVerdict, Plan } from '../domain/plan.ts';
import { impossibleSteps } from '../domain/refused-plan.ts';
import { escapeText } from './escape.ts';
import { type Button, buttons, section } from './message.ts';
import { failedVerdicts, planOverrideLines } from './overrides.ts';

/** Guards that one row of buttons offers; whoever has overridden these sees the others. */
const OFFERED = 5;

/** Why a plan cannot be approved, guard by guard; mrkdwn. */
export function refusalLines(entry: PlanState): string[] {
  const passed = planOverrideLines(entry);
  return [
    ...failedVerdicts(entry).map((guard) => failedGuard(entry.plan, guard)),
    ...(passed.length > 0 ? ['✍️ *Overridden already, for this plan only:*', ...passed] : []),
  ];
}

/** The way through the guards that refuse the newest plan, for a commander; nothing where there is none. `now` in world time. */
export function overrideBlocks(state: IncidentState, entry: PlanState, now: number): KnownBlock[] {
  if (!mayOverride(state, entry, now)) return [];
  const { plan } = entry;
  const open = failedVerdicts(entry);
  const list = open.slice(0, OFFERED).map(
    ({ step }): Button => ({
      verb: 'override',
      args: `${plan.id} ${step}`,
      label: open.length > 1 ? `Override ${step}…` : 'Override…',
    }),
  );
  return [
    section('*Or a commander overrides it*, with a reason. It needs a second name: whoever approves the plan then.'),
    buttons(list),
  ];
}

/** A step that itself says that it cannot work is changed by no signature; what a plan saw grows too old to sign for. */
function mayOverride(state: IncidentState, { plan, status }: PlanState, now: number): boolean {
  const isNewest = state.status === 'open' && state.plans.at(-1)?.plan.id === plan.id;
  return (
    isNewest && status === 'refused' && impossibleSteps(plan).length === 0 && now - plan.createdAt <= APPROVAL_VALID
  );
}

function failedGuard(plan: Plan, { title, measured, reason, step }: GuardVerdict): string {
  const seen = plan.steps.find(({ id }) => id === step)?.observation;
  const unreachable = seen?.state === 'unreachable' ? ` Not reachable: ${escapeText(seen.reason)}` : '';
  return `❌ *${escapeText(title)}*: no (${escapeText(measuredWords(measured))}). ${escapeText(measuredWords(reason ?? ''))}${unreachable}`.trim();
}
