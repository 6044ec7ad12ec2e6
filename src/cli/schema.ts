import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Runbook } from '../domain/runbook.ts';
import { Simulations } from '../domain/simulation.ts';
import { Access, System } from '../domain/system.ts';

const SCHEMAS = {
  runbook: { schema: Runbook, title: 'Lifeboat runbook' },
  system: { schema: System, title: 'Lifeboat system' },
  access: { schema: Access, title: 'Lifeboat access' },
  simulations: { schema: Simulations, title: 'Lifeboat simulations of a runbook' },
};

/** The JSON Schemas with which editors complete and check the files of a runbooks folder, by file name. */
export function schemaFiles(): Record<string, string> {
  const files = Object.entries(SCHEMAS).map(([name, { schema, title }]) => {
    const json = { ...z.toJSONSchema(schema, { io: 'input' }), title };
    return [`${name}.json`, `${JSON.stringify(json, null, 2)}\n`];
  });
  return Object.fromEntries(files);
}

/** Writes them to `<directory>/schema/`; returns the paths. */
export async function writeSchemas(directory: string): Promise<string[]> {
  const folder = join(directory, 'schema');
  await mkdir(folder, { recursive: true });
  const files = Object.entries(schemaFiles());
  await Promise.all(files.map(([name, text]) => writeFile(join(folder, name), text)));
  return files.map(([name]) => join(folder, name));
}
