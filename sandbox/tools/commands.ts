import type { ToolCommand } from '../control/wire.ts';

/** What `writeToolSettings` needs to know of a running sandbox. */
export interface ToolEndpoints {
  /** Folder that the files are written to. */
  directory: string;
}

/** Writes what kubectl, the AWS CLI, psql and dig need into `directory`, and returns commands to paste. */
export async function writeToolSettings(_endpoints: ToolEndpoints): Promise<ToolCommand[]> {
  return [];
}
