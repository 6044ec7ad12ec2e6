import type { V1Service } from '@kubernetes/client-node';
import { reconcilerOf } from './shapes.ts';

/** A service, as far as it says which pods stand behind it. */
export interface RoutedService {
  name: string;
  resourceVersion: string;
  selector: Record<string, string>;
  owner: string;
}

export function toService({ metadata, spec }: V1Service): RoutedService {
  return {
    name: metadata?.name ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    selector: { ...spec?.selector },
    owner: reconcilerOf(metadata),
  };
}
