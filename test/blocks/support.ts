import type { KnownBlock, PlanBlock } from '@slack/web-api';
import type { Message } from '../../src/blocks/message.ts';
import { planCard } from '../../src/blocks/plan-card.ts';
import type { Change, Json } from '../../src/domain/action.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { approved, DETECTED, declared, plannedStep, planWith, runStarted } from '../support/incident.ts';

export const NOW = DETECTED + 130_000;
export const run = 'INC-1.r1';

export const created = (plan: Plan): IncidentEvent => ({ type: 'plan.created', plan });
export const started = (step: string): IncidentEvent => ({
  type: 'step.started',
  runId: run,
  step,
  attempt: 1,
  operationId: `${run}.${step}`,
});
export const succeeded = (
  step: string,
  outputs: Record<string, Json> = {},
  exceptions: ('unfenced' | 'unprotected')[] = [],
  // A fence that found nobody has changed nothing.
  changes: Change[] = outputs.fenced === false ? [] : [{ what: step, before: 'a', after: 'b' }],
): IncidentEvent => ({ type: 'step.succeeded', runId: run, step, attempt: 1, outputs, changes, exceptions });
export const failed = (step: string, message: string, code = 'test.failed'): IncidentEvent => ({
  type: 'step.failed',
  runId: run,
  step,
  attempt: 1,
  error: { code, message },
  changes: [],
});
export const aborted: IncidentEvent[] = [
  { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' },
  { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: [] },
];

/** Two steps of data, and a question to a person. */
export const plan = planWith([
  plannedStep('fence', { title: 'Stop writes' }),
  plannedStep('promote', { title: 'Promote', effect: 'irreversible', needs: ['fence'] }),
  plannedStep('sign-in', {
    title: 'Sign in',
    uses: 'manual.confirm',
    effect: 'read',
    phase: 'check',
    needs: ['promote'],
    with: { question: 'Does sign-in work?' },
  }),
]);
export const running = [declared, created(plan), approved, runStarted];

export const textOf = ({ blocks }: { blocks: KnownBlock[] }) => JSON.stringify(blocks);
export const sectionTexts = ({ blocks }: Message) =>
  blocks.flatMap((block) => (block.type === 'section' && block.text ? [block.text.text] : []));
export const buttonsOf = ({ blocks }: Message) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .map((element) => ('action_id' in element ? element.action_id : ''));
export const plansOf = ({ blocks }: Message): PlanBlock[] => blocks.filter((block) => block.type === 'plan');

/** The card of the newest plan. */
export function card(state: IncidentState, now = NOW): Message {
  const entry = state.plans.at(-1);
  if (!entry) throw new Error('no plan');
  return planCard(state, entry, now);
}
