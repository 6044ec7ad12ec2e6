import { expect, test } from '@jest/globals';
import { reconciledVerdicts } from '../../src/domain/reconciled.ts';
import { impossibleSteps, openGuards, overrideLine } from '../../src/domain/refused-plan.ts';
import { plannedStep, planWith } from '../support/incident.ts';

const owner = 'autoscaler chatbot-api, Argo CD application chatbot';
const steps = [
  plannedStep('look', { effect: 'read', owner }),
  plannedStep('left-out', { included: false, owner }),
  plannedStep('load-balancer'),
  plannedStep('scale', { owner }),
  plannedStep('connection', { owner: 'Flux kustomization apps' }),
  plannedStep('restart', { owner: 'Argo CD application chatbot' }),
];

test('a plan that changes what Argo CD or Flux owns is refused, with the way out', () => {
  const guards = reconciledVerdicts(steps);

  expect(guards).toMatchObject([
    {
      ...{ step: 'scale', passed: false },
      measured: 'owned by Argo CD application chatbot, Flux kustomization apps: what scale, connection, restart change',
      reason: expect.stringContaining(
        '(`argocd app set chatbot --sync-policy none`, `flux suspend kustomization apps`)',
      ),
    },
  ]);
});

test('a commander passes it, once for all of its steps', () => {
  const plan = { ...planWith(steps), guards: reconciledVerdicts(steps) };
  const override = { step: 'scale', by: 'U0COMMANDER', reason: 'It is suspended.', measured: '', limit: '' };

  expect(impossibleSteps(plan)).toEqual([]);
  expect(overrideLine({ plan })).toMatch(/^`\/dr override .* scale --reason/);
  expect(openGuards({ plan })).toEqual(['scale']);
  expect(openGuards({ plan, overrides: [{ ...override, planId: plan.id } as never] })).toEqual([]);
});

test('what an autoscaler sets, and what nobody owns, refuses nothing', () => {
  expect(reconciledVerdicts([plannedStep('scale', { owner: 'autoscaler chatbot-api' }), plannedStep('dns')])).toEqual(
    [],
  );
});
