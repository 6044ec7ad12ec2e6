import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';

/** Actions that answer a request; a listener has exactly one of them, as its last. */
const ENDS: ReadonlySet<string> = new Set(['forward', 'redirect', 'fixed-response']);

/** What a listener forwards to, by target group ARN; empty when it answers itself (a redirect, a fixed response). Pure. */
export function weightsOf(actions: readonly Action[]): Record<string, number> {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 0) return forward?.TargetGroupArn ? { [forward.TargetGroupArn]: 1 } : {};
  return Object.fromEntries(groups.map(({ TargetGroupArn = '', Weight = 1 }) => [TargetGroupArn, Weight]));
}

/** The action that answers: `forward`, `redirect` or `fixed-response`; '' where there is none. Pure. */
export function endOf(actions: readonly Action[]): string {
  return actions.find(isEnd)?.Type ?? '';
}

/**
 * The same actions with other weights. A group that `weights` does not name gets nothing and stays, as do the group
 * stickiness, the order, and what comes before the answer (a sign-in). Pure.
 */
export function withWeights(actions: readonly Action[], weights: Readonly<Record<string, number>>): Action[] {
  const end = actions.find(isEnd);
  const groups = new Set([...Object.keys(weightsOf(actions)), ...Object.keys(weights)]);
  const forward: Action = {
    Type: 'forward',
    ...(end?.Order !== undefined && { Order: end.Order }),
    ForwardConfig: {
      ...(end?.Type === 'forward' ? end.ForwardConfig : {}),
      TargetGroups: [...groups].map((TargetGroupArn) => ({ TargetGroupArn, Weight: weights[TargetGroupArn] ?? 0 })),
    },
  };
  return [...actions.filter((action) => !isEnd(action)), forward];
}

/** As ModifyListener takes what DescribeListeners showed: it never shows a client's secret, and keeps the one it has. Pure. */
export function asRequested(actions: readonly Action[]): Action[] {
  return actions.map(({ AuthenticateOidcConfig: signIn, ...action }) => {
    if (!signIn) return action;
    const { ClientSecret: _secret, ...shown } = signIn;
    return { ...action, AuthenticateOidcConfig: { ...shown, UseExistingClientSecret: true } };
  });
}

function isEnd({ Type }: Action): boolean {
  return ENDS.has(Type ?? '');
}
