import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { apply } from './apply.ts';
import { autoscaler } from './autoscaler.ts';
import { capacity } from './capacity.ts';
import { deleteManifest } from './delete-manifest.ts';
import { logs } from './logs.ts';
import { patchSecret } from './patch-secret.ts';
import { pods } from './pods.ts';
import { restart } from './restart.ts';
import { restartFailed } from './restart-failed.ts';
import { rolloutUndo } from './rollout-undo.ts';
import { routeAround } from './route-around.ts';
import { scale } from './scale.ts';
import { scaleUp } from './scale-up.ts';

/** Actions on kubernetes. A new one is a file and a line here. */
export const kubernetesActions = (clients: Clients): Action[] => [
  apply(clients),
  autoscaler(clients),
  capacity(clients),
  deleteManifest(clients),
  logs(clients),
  patchSecret(clients),
  pods(clients),
  restart(clients),
  restartFailed(clients),
  rolloutUndo(clients),
  routeAround(clients),
  scale(clients),
  scaleUp(clients),
];
