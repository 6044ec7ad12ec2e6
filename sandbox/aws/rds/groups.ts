import { resourceIdOf } from './resource-id.ts';
import type { RdsInstance } from './state.ts';

/** Security, subnet and parameter groups of an instance. They are shown, and let everybody in. */
export interface Groups {
  security: string[];
  subnet: string;
  parameter: string;
}

/** What RDS gives an instance for which none were named: those of the account, which hardly anybody's services may use. */
export const DEFAULT_GROUPS: Groups = {
  security: ['sg-0defaultofthevpc0'],
  subnet: 'default',
  parameter: 'default.postgres18',
};

/** Those of an instance; one that was there from the beginning has its own. Pure. */
export function groupsOf(instance: RdsInstance): Groups {
  return (
    instance.groups ?? {
      security: [`sg-${resourceIdOf(instance).slice(3, 20).toLowerCase()}`],
      subnet: 'databases',
      parameter: 'postgres18-production',
    }
  );
}
