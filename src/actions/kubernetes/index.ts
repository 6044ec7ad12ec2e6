import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { apply } from './apply.ts';
import { capacity } from './capacity.ts';
import { deleteManifest } from './delete-manifest.ts';
import { patchSecret } from './patch-secret.ts';
import { restart } from './restart.ts';
import { scale } from './scale.ts';

/** Actions on kubernetes. A new one is a file and a line here. */
export const kubernetesActions = (clients: Clients): Action[] => [
  apply(clients),
  capacity(clients),
  deleteManifest(clients),
  patchSecret(clients),
  restart(clients),
  scale(clients),
];
