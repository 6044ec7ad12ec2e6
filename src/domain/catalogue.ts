import type { Runbook } from './runbook.ts';
import type { Access, System } from './system.ts';

/** A mistake in a file, where it stands, and what was probably meant. */
export interface Problem {
  /** Path of the file as the reader was given it, with `/`. */
  file: string;
  /** 1, 2, 3 …; 1:1 for the file as a whole. */
  line: number;
  column: number;
  /** One sentence. */
  message: string;
  suggestion?: string;
}

export type Path = readonly (string | number)[];

/** A file that was read, so that checks can say where something stands in it. */
export interface SourceFile {
  file: string;
  /** Where the value at `path` (or its key) begins; the nearest parent when there is no such path. */
  locate(path: Path, at?: 'key' | 'value'): { line: number; column: number };
}

/** A system with everything in its folder that could be read. */
export interface CatalogueEntry {
  system: System;
  /** By id: the file's name without its extension. */
  runbooks: Record<string, Runbook>;
  /** Text of each file in `config/`, by its name. */
  config: Record<string, string>;
  /** Ids of runbooks whose files cannot be used, so that they are missing above; absent: none. */
  broken?: string[];
  sources: { system: SourceFile; runbooks: Record<string, SourceFile>; config: Record<string, SourceFile> };
}

/** A folder of runbooks as it was read. What is broken is missing here and named in `problems`. */
export interface Catalogue {
  access: Access;
  accessSource?: SourceFile;
  systems: Record<string, CatalogueEntry>;
  problems: Problem[];
}

/** `runbooks/chatbot/system.yaml:12:3: The message. The suggestion` */
export function formatProblem({ file, line, column, message, suggestion }: Problem): string {
  return `${file}:${line}:${column}: ${message}${suggestion ? ` ${suggestion}` : ''}`;
}
