import type { Subresource } from '../resource.ts';

/** `pods/eviction`: a deletion that asks first; no disruption budgets are simulated, so none refuses. */
export const evictions: Subresource = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  verbs: ['create'],
  get: () => undefined,
  create(context, name) {
    context.deletePod(name, false);
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  },
};
