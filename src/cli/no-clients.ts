import type { Clients } from '../adapters/index.ts';

/** Clients for whoever only reads what actions say of themselves: any call throws. */
export function noClients(): Clients {
  const refuse = () => {
    throw new Error('an action was called without clients');
  };
  const nothing: object = new Proxy(refuse, {
    get: (_target, key) => (key === 'then' ? undefined : nothing),
  });
  return nothing as Clients;
}
