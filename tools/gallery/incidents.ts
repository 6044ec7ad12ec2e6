import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Access } from '../../src/domain/system.ts';
import type { aboutAbort } from '../../src/usecases/abort.ts';
import { chatbotPlan, refusedPlan, unfencedPlan } from './chatbot-plan.ts';
import {
  APPROVER,
  aborted as abortedAt,
  begun,
  COMMANDER,
  checking,
  created,
  finished,
  pastFence,
  pastGuards,
  pastPromotion,
  REQUESTER,
  RUN,
  started,
  failed as stepFailed,
  story,
} from './story.ts';

export const BYSTANDER = 'U0BYSTANDER';
export const access: Access = {
  chatbot: { start: [REQUESTER, APPROVER, COMMANDER], approve: [REQUESTER, APPROVER, COMMANDER], command: [COMMANDER] },
};
export const plan = chatbotPlan();
export const open = unfencedPlan();

/** Incidents in the states that answers speak of. */
export const waiting = story(...begun, created(open)).state;
export const underWay = story(...pastFence(plan), started('promote', 184)).state;
export const paused = story(
  ...pastFence(plan),
  started('promote', 184),
  stepFailed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
).state;
export const approving = story(...begun, created(open), [
  299,
  { type: 'plan.approval-begun', planId: 'INC-1.p1', by: APPROVER },
]).state;

export const asking = story(...checking).state;
export const recovered = story(
  ...checking,
  finished(640, 'recovered with exceptions', ['unfenced', 'unprotected']),
).state;
export const aborting = story(...pastGuards(plan), abortedAt(169)).state;
export const resolved = story(...begun, [100, { type: 'incident.resolved', by: COMMANDER }]).state;
export const refused = story(
  ...begun,
  created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.')),
).state;
export const expired = story(...begun, created(open), [3672, { type: 'plan.expired', planId: 'INC-1.p1' }]).state;

export const planning = story(...begun).state;
export const planFailed = story(...begun, [
  70,
  {
    type: 'plan.failed',
    planId: 'INC-1.p1',
    by: REQUESTER,
    error: { code: 'aws.denied', message: 'AWS refuses the credentials of us-west-2 (ExpiredToken).' },
  },
]).state;
export const rejected = story(...begun, created(open), [
  150,
  { type: 'plan.rejected', planId: 'INC-1.p1', by: APPROVER },
]).state;
export const aborted = story(...pastFence(plan), abortedAt(180), finished(181, 'aborted')).state;
export const halfway = story(...pastPromotion(plan), finished(500, 'failed', ['unprotected'])).state;
export const answered = story(...checking, [
  640,
  { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: true },
]).state;
export const guardFailed = story(
  ...pastGuards(open).slice(0, -1),
  stepFailed('loss', 168, 'guard.failed', 'Predicted data loss is within the RPO: no (lossSeconds 612).'),
).state;
export const between = story(...pastFence(open)).state;

/** A journal that holds these incidents; what a use case reads from it before it asks. */
export function journalOf(...states: IncidentState[]): Parameters<typeof aboutAbort>[0]['journal'] {
  const named = (id: string) => states.find((state) => state.id === id);
  const reading = {
    state: async (id: string) => named(id),
    openIncidents: async () => states.map(({ id }) => id),
    newestIncident: async () => undefined,
  };
  return reading as Partial<Parameters<typeof aboutAbort>[0]['journal']> as Parameters<typeof aboutAbort>[0]['journal'];
}
