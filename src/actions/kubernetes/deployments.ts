import { z } from 'zod';
import { Region } from '../../domain/system.ts';

/** Where, and which deployments. */
export const DeploymentsInput = z.strictObject({
  region: Region,
  /** Those of system.yaml when absent. */
  deployments: z.array(z.string().min(1)).min(1).optional(),
});
