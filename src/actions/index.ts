import type { Clients } from '../adapters/index.ts';
import type { Action } from '../domain/action.ts';
import { dnsCheck } from './dns/check.ts';
import { shiftTraffic } from './elbv2/shift-traffic.ts';
import { httpCheck } from './http/check.ts';
import { capacity } from './kubernetes/capacity.ts';
import { patchSecret } from './kubernetes/patch-secret.ts';
import { restart } from './kubernetes/restart.ts';
import { scale } from './kubernetes/scale.ts';
import { confirm } from './manual/confirm.ts';
import { catchUp } from './postgres/catch-up.ts';
import { fence } from './postgres/fence.ts';
import { predictedLoss } from './postgres/predicted-loss.ts';
import { unfence } from './postgres/unfence.ts';
import { writeProbe } from './postgres/write-probe.ts';
import { describeInstance } from './rds/describe.ts';
import { promoteReplica } from './rds/promote-replica.ts';
import { upsertRecords } from './route53/upsert.ts';

/** Every action by its id. A new one is a file and a line here. */
export function createActions(clients: Clients): ReadonlyMap<string, Action> {
  const actions: Action[] = [
    dnsCheck(clients),
    shiftTraffic(clients),
    httpCheck(clients),
    capacity(clients),
    patchSecret(clients),
    restart(clients),
    scale(clients),
    confirm(),
    catchUp(clients),
    fence(clients),
    predictedLoss(clients),
    unfence(clients),
    writeProbe(clients),
    describeInstance(clients),
    promoteReplica(clients),
    upsertRecords(clients),
  ];
  return new Map(actions.map((action) => [action.id, action]));
}
