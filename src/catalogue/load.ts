import { realpath } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import type { Catalogue, CatalogueEntry, Problem, SourceFile } from '../domain/catalogue.ts';
import { describeError, InvalidInput } from '../domain/errors.ts';
import { toProblem } from '../domain/lint/mistake.ts';
import { schemaMistakes } from '../domain/lint/schema.ts';
import { Runbook } from '../domain/runbook.ts';
import { Access, System } from '../domain/system.ts';
import { assertInside, listFolder } from './folder.ts';
import { NotText, readText } from './read-text.ts';
import { tooManySteps } from './step-count.ts';
import { readYaml } from './yaml-file.ts';

/** Rehearsals of a runbook, for `lifeboat simulate`: nothing that a bot needs. */
const SIMULATIONS = /\.simulations\.ya?ml$/;
const NAME = /^[a-z][a-z0-9-]*$/;
/** Folders beside the systems that hold none. */
const NO_SYSTEM = new Set(['schema']);

/**
 * Reads a folder of runbooks: `access.yaml`, and `<system>/` with `system.yaml`, its runbooks and `config/`. A broken
 * file takes only its runbook (or, for system.yaml, its system) out, and is named in `problems`. Throws InvalidInput
 * when the folder itself cannot be read.
 */
export async function loadCatalogue(directory: string): Promise<Catalogue> {
  const problems: Problem[] = [];
  const unreadable = (error: unknown) => {
    throw new InvalidInput('runbooks.folder', `The runbooks folder ${directory} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
    });
  };
  const root = await realpath(directory).catch(unreadable);
  const entries = await listFolder(directory).catch(unreadable);
  const reading = { root, problems };
  const access = await readFileAs(Access, join(directory, 'access.yaml'), reading);
  const systems: Record<string, CatalogueEntry> = {};
  for (const { name, isFolder } of entries) {
    if (!isFolder || NO_SYSTEM.has(name)) continue;
    const entry = await loadSystem(join(directory, name), name, reading);
    if (entry) systems[name] = entry;
  }
  if (Object.keys(systems).length === 0 && problems.length === 0) {
    problems.push({ file: directory, line: 1, column: 1, message: 'No folder with a system.yaml was found here.' });
  }
  return {
    access: access?.value ?? {},
    ...(access ? { accessSource: access.source } : {}),
    systems,
    problems,
  };
}

/** Where files may be read, and what is wrong with those that were. */
interface Reading {
  /** The real path of the runbooks folder. */
  root: string;
  problems: Problem[];
}

async function loadSystem(folder: string, name: string, reading: Reading): Promise<CatalogueEntry | undefined> {
  const { root, problems } = reading;
  if (!NAME.test(name)) {
    problems.push(wholeFile(folder, 'Name a system in lower case with hyphens, for example chatbot.'));
    return undefined;
  }
  let files: string[];
  try {
    await assertInside(root, folder);
    files = (await listFolder(folder)).map((entry) => entry.name).filter((file) => /\.ya?ml$/.test(file));
  } catch (error) {
    problems.push(wholeFile(folder, sentenceOf(error)));
    return undefined;
  }
  const system = await readFileAs(System, join(folder, 'system.yaml'), reading);
  const runbooks: CatalogueEntry['runbooks'] = {};
  const sources: Record<string, SourceFile> = {};
  const broken: string[] = [];
  for (const file of files) {
    if (file === 'system.yaml' || SIMULATIONS.test(file)) continue;
    const path = join(folder, file);
    const id = basename(file, extname(file));
    if (!NAME.test(id)) {
      problems.push(wholeFile(path, 'Name a runbook in lower case with hyphens, for example region-failover.yaml.'));
      continue;
    }
    if (Object.hasOwn(runbooks, id)) {
      problems.push(wholeFile(path, `There are two files for the runbook ${id}; keep one.`));
      continue;
    }
    const runbook = await readFileAs(Runbook, path, reading, tooManySteps);
    if (!runbook) {
      broken.push(id);
      continue;
    }
    runbooks[id] = runbook.value;
    sources[id] = runbook.source;
  }
  if (!system) return undefined;
  const config = await loadConfigFiles(join(folder, 'config'), reading);
  return {
    system: system.value,
    runbooks,
    config: config.texts,
    ...(broken.length > 0 ? { broken } : {}),
    sources: { system: system.source, runbooks: sources, config: config.sources },
  };
}

async function loadConfigFiles(folder: string, { root, problems }: Reading) {
  const texts: Record<string, string> = {};
  const sources: Record<string, SourceFile> = {};
  const files = await listFolder(folder).catch(() => []);
  for (const { name, isFolder } of files) {
    const path = join(folder, name);
    if (isFolder) continue;
    try {
      const text = await readText(root, path);
      texts[name] = text;
      sources[name] = plainSource(slashes(path), text);
      if (name.endsWith('.json')) JSON.parse(text);
      else if (/\.ya?ml$/.test(name)) readDocuments(text);
    } catch (error) {
      const reason = reasonOf(error);
      // JSON.parse says where, at the end of its sentence.
      const [said, line, column] = / \(line (\d+) column (\d+)\)$/.exec(reason) ?? [''];
      const message =
        error instanceof InvalidInput
          ? error.message
          : `The file cannot be read: ${reason.slice(0, reason.length - said.length)}.`;
      problems.push({ file: slashes(path), line: Number(line ?? 1), column: Number(column ?? 1), message });
    }
  }
  return { texts, sources };
}

/**
 * Reads one YAML file as `schema`; pushes what is wrong and returns undefined when it cannot be used. `refuse` sees the
 * text before anything is made of it.
 */
async function readFileAs<T extends z.ZodType>(
  schema: T,
  path: string,
  { root, problems }: Reading,
  refuse: (file: string, text: string) => Problem | undefined = () => undefined,
): Promise<{ value: z.infer<T>; source: SourceFile } | undefined> {
  let text: string;
  try {
    text = await readText(root, path);
  } catch (error) {
    const place = error instanceof NotText ? { line: error.line, column: error.column } : {};
    problems.push({ ...wholeFile(path, sentenceOf(error)), ...place });
    return undefined;
  }
  const refused = refuse(slashes(path), text);
  if (refused) {
    problems.push(refused);
    return undefined;
  }
  const source = readYaml(slashes(path), text);
  if (source.problems.length > 0) {
    problems.push(...source.problems);
    return undefined;
  }
  if (source.value === null || source.value === undefined) {
    problems.push(wholeFile(path, 'The file is empty.'));
    return undefined;
  }
  const mistakes = schemaMistakes(schema, source.value);
  if (mistakes.length > 0) {
    problems.push(...mistakes.map((mistake) => toProblem(source, mistake)));
    return undefined;
  }
  return { value: schema.parse(source.value), source };
}

/** A manifest may hold several. Throws when one cannot be read, or stands for more than it says. */
function readDocuments(text: string): void {
  const documents = parseAllDocuments(text);
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error) throw error;
    document.toJS({ maxAliasCount: 0 });
  }
}

/** In a config file a path is one number: the offset in its text. */
function plainSource(file: string, text: string): SourceFile {
  return {
    file,
    locate([offset]) {
      const before = text.slice(0, Number(offset ?? 0)).split('\n');
      return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    },
  };
}

function wholeFile(path: string, message: string): Problem {
  return { file: slashes(path), line: 1, column: 1, message };
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

function sentenceOf(error: unknown): string {
  if (error instanceof InvalidInput) return error.message;
  return `The file cannot be read: ${reasonOf(error)}.`;
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES') return 'permission denied';
  return (describeError(error).split('\n')[0] ?? '').replace(/[.:]$/, '');
}
