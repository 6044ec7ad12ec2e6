import type { Clients } from '../adapters/index.ts';
import type { Action } from '../domain/action.ts';
import { arcActions } from './arc/index.ts';
import { cloudWatchActions } from './cloudwatch/index.ts';
import { dnsActions } from './dns/index.ts';
import { eksActions } from './eks/index.ts';
import { elbv2Actions } from './elbv2/index.ts';
import { healthActions } from './health/index.ts';
import { httpActions } from './http/index.ts';
import { incidentActions } from './incident/index.ts';
import { kubernetesActions } from './kubernetes/index.ts';
import { manualActions } from './manual/index.ts';
import { postgresActions } from './postgres/index.ts';
import { rdsActions } from './rds/index.ts';
import { route53Actions } from './route53/index.ts';
import { s3Actions } from './s3/index.ts';
import { secretsActions } from './secrets/index.ts';
import { waitActions } from './wait/index.ts';

/** Every action by its id. A new one is a file and a line in the index of its folder. */
export function createActions(clients: Clients): ReadonlyMap<string, Action> {
  const all = new Map<string, Action>();
  const actions: Action[] = [
    ...arcActions(clients),
    ...cloudWatchActions(clients),
    ...dnsActions(clients),
    ...eksActions(clients),
    ...elbv2Actions(clients),
    ...healthActions(clients),
    ...httpActions(clients),
    ...incidentActions(clients),
    ...kubernetesActions(clients),
    ...manualActions(),
    ...postgresActions(clients),
    ...rdsActions(clients),
    ...route53Actions(clients),
    ...s3Actions(clients),
    ...secretsActions(clients),
    ...waitActions(() => all),
  ];
  for (const action of actions) all.set(action.id, action);
  return all;
}
