import { z } from 'zod';
import { boolean, integer, list } from '../../query/decode.ts';
import type { Groups } from '../groups.ts';

/** What a caller may say of a new instance; the rest is as at its source. */
export interface Wanted {
  identifier: string;
  instanceClass?: string | undefined;
  multiAz?: boolean | undefined;
  deletionProtection?: boolean | undefined;
  backupRetentionDays?: number | undefined;
  tags?: Tags | undefined;
  /** Those that were named. */
  groups: Partial<Groups>;
}

/** As callers give them. */
const Tags = list('Tag', z.object({ Key: z.string(), Value: z.string().default('') }));
type Tags = z.infer<typeof Tags>;

const SecurityGroups = list('VpcSecurityGroupId', z.string());

/** Parameters that a replica takes as well as what is restored. */
export const SETTINGS = {
  DBInstanceClass: z.string().optional(),
  MultiAZ: boolean.optional(),
  DeletionProtection: boolean.optional(),
  VpcSecurityGroupIds: SecurityGroups.optional(),
  DBSubnetGroupName: z.string().optional(),
  DBParameterGroupName: z.string().optional(),
};

/** Parameters that say of an instance what it is to be other than what it is restored from. */
export const RESTORE_SETTINGS = {
  ...SETTINGS,
  BackupRetentionPeriod: integer.optional(),
  Tags: Tags.optional(),
};

export function wantedOf(identifier: string, input: z.infer<z.ZodObject<typeof RESTORE_SETTINGS>>): Wanted {
  return {
    identifier,
    instanceClass: input.DBInstanceClass,
    multiAz: input.MultiAZ,
    deletionProtection: input.DeletionProtection,
    backupRetentionDays: input.BackupRetentionPeriod,
    tags: input.Tags,
    groups: groupsOf(input),
  };
}

function groupsOf(input: z.infer<z.ZodObject<typeof SETTINGS>>): Partial<Groups> {
  const { VpcSecurityGroupIds: security = [], DBSubnetGroupName: subnet, DBParameterGroupName: parameter } = input;
  return {
    ...(security.length > 0 ? { security } : {}),
    ...(subnet === undefined ? {} : { subnet }),
    ...(parameter === undefined ? {} : { parameter }),
  };
}
