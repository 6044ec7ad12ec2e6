import type { Plan } from '../../src/domain/plan.ts';
import { plannedStep, planWith } from '../../test/support/incident.ts';
import { at, chatbotPlan } from './chatbot-plan.ts';

/** Takes back a run that stopped writes and scaled up, as `/dr undo` plans it. */
export function undoPlan(more: Partial<Plan> = {}): Plan {
  const done = (step: string) => ({ runId: 'INC-1.r1', step, done: { outputs: { fenced: true }, changes: [] } });
  const steps = [
    plannedStep('undo-fence', {
      phase: 'undo',
      title: 'Allow writes on the old primary again',
      uses: 'postgres.fence',
      undoes: done('fence'),
      changes: [
        { what: 'Sign-in of chatbot_app on chatbot-prod in us-east-1', before: 'taken away', after: 'allowed' },
      ],
    }),
    plannedStep('undo-scale', {
      phase: 'undo',
      title: 'Scale down to what it was before',
      uses: 'k8s.scale',
      needs: ['undo-fence'],
      undoes: done('scale'),
      changes: [{ what: 'chatbot-api in us-west-2', before: '20 replicas', after: '2 replicas' }],
    }),
  ];
  const { title } = chatbotPlan();
  return planWith(steps, {
    id: 'INC-1.p2',
    title: `Undo: ${title}`,
    phases: [{ id: 'undo', title: 'Undo', targetSeconds: 600 }],
    undoOf: 'INC-1.r1',
    createdAt: at(240),
    predicted: { durationSeconds: 40, criticalPath: [] },
    ...more,
  });
}
