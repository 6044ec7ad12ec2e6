import type { Plan } from './plan.ts';
import type { RunState } from './run-state.ts';

/** The action that lets Services reach the pods of one release only, or every pod again. */
export const ROUTE_AROUND = 'k8s.route-around';
/** Where a Service sends requests that is not narrowed; what `ROUTE_AROUND` says in its changes. */
export const EVERY_POD = 'every ready pod';

/** A Service that a run has left sending requests to one release only. */
export interface PinnedService {
  /** `Service chatbot-api in us-east-1` */
  service: string;
  /** `pods of the release 5d4f` */
  to: string;
}

/** Services that this run, or this undo, has narrowed and not widened again. Pods of another release get no request there. Pure. */
export function pinnedServices(run: RunState | undefined, plan: Pick<Plan, 'steps'> | undefined): PinnedService[] {
  const steps = plan?.steps.filter(({ uses }) => uses === ROUTE_AROUND) ?? [];
  const changes = steps.flatMap(({ id }) => run?.steps[id]?.changes ?? []);
  const last = new Map(changes.map(({ what, after }) => [what, after]));
  return [...last].filter(([, to]) => to !== EVERY_POD).map(([service, to]) => ({ service, to }));
}

/** What that means, and how it ends; one sentence. */
export function pinnedSentence({ service, to }: PinnedService, incident: string): string {
  return `${service} goes on sending requests to ${to} only, and pods of any other release get none: \`/dr undo ${incident}\` lets it reach every pod again.`;
}
