import type { GuardVerdict, PlannedStep } from './plan.ts';

/** Owners that set an object back to what their repository says, and the command that has each of them pause. */
const RECONCILERS: readonly [RegExp, (name: string) => string][] = [
  [/^Argo CD application (.+)$/, (name) => `argocd app set ${name} --sync-policy none`],
  [/^Flux kustomization (.+)$/, (name) => `flux suspend kustomization ${name}`],
  [/^Flux Helm release (.+)$/, (name) => `flux suspend helmrelease ${name}`],
];

/**
 * The verdict on a plan that changes what Argo CD or Flux owns: it may be set back within seconds, and nothing of that
 * is seen here. None where it changes nothing of the kind. It stands at the first step that does, whether or not
 * that one has something left to change, so that a plan made again names the same. Pure.
 */
export function reconciledVerdicts(steps: readonly PlannedStep[]): GuardVerdict[] {
  const owned = steps.filter(
    ({ included, effect, owner }) => included && effect !== 'read' && pausesOf(owner).length > 0,
  );
  const [first] = owned;
  if (!first) return [];
  const owners = [...new Set(owned.flatMap(({ owner = '' }) => owner.split(', ').filter(isReconciler)))];
  const pauses = [...new Set(owned.flatMap(({ owner }) => pausesOf(owner)))];
  const written = owned.map(({ id }) => id).join(', ');
  const verdict: GuardVerdict = {
    step: first.id,
    title: 'Nothing sets back what this run changes',
    expression: 'no object that is changed is owned by Argo CD or Flux',
    passed: false,
    measured: `owned by ${owners.join(', ')}: what ${written} change`,
    reason: `It may set that back within seconds. Let it pause (${pauses.map((one) => `\`${one}\``).join(', ')}), or make sure that it does not heal by itself. Lifeboat does not see which: a commander overrides this with that as the reason. Let it go on once its repository says the same.`,
    reconciled: true,
  };
  return [verdict];
}

function isReconciler(owner: string): boolean {
  return RECONCILERS.some(([pattern]) => pattern.test(owner));
}

/** How what owns an object (several, separated by commas; an autoscaler among them) is made to pause. */
function pausesOf(owner = ''): string[] {
  return owner.split(', ').flatMap((one) =>
    RECONCILERS.flatMap(([pattern, pause]) => {
      const [, name] = pattern.exec(one) ?? [];
      return name === undefined ? [] : [pause(name)];
    }),
  );
}
