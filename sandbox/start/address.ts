import { readFile, writeFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { type Control, startControl } from '../control/server.ts';
import type { Stage } from '../control/stage.ts';
import { isTaken } from '../listen.ts';

/** Where the page is, unless somebody else listens there. */
export const USUAL_PORT = 4280;

const HIGHEST_PORT = 65_535;
const Port = z.coerce.number().int().min(1).max(HIGHEST_PORT);

/** Parses the value of `--port`; 0 is any free one. Throws commander's InvalidArgumentError with what to write instead. */
export function port(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > HIGHEST_PORT) {
    throw new InvalidArgumentError(
      `Write a port from 1 to ${HIGHEST_PORT}, for example ${USUAL_PORT}, or 0 for any that is free.`,
    );
  }
  return Number(text);
}

export interface AddressOptions {
  /** What was asked for: this port, 0 for any; absent: nothing was. */
  port: number | undefined;
  /** Folder of the built page. */
  page: string;
  /** File that remembers the port from one start to the next, so that an open page finds the sandbox again. */
  file: string;
  /** Told, in a sentence, when a port is not to be had. */
  say(sentence: string): void;
}

/**
 * Starts the page and its API on the port that was asked for, otherwise where the last start had it, otherwise on the
 * usual one; on a free one where somebody else listens there. What it got is remembered.
 */
export async function listenOnAddress(stage: Stage, { port, page, file, say }: AddressOptions): Promise<Control> {
  for (const candidate of await candidates(port, file)) {
    const control = await startControl(stage, { port: candidate, page }).catch((error: unknown) => {
      if (candidate === 0 || !isTaken(error)) throw error;
      say(`Port ${candidate} is taken; the page gets another one.`);
    });
    if (!control) continue;
    await writeFile(file, `${new URL(control.url).port}\n`, { mode: 0o600 });
    return control;
  }
  throw new Error('No port is free for the page.');
}

async function candidates(asked: number | undefined, file: string): Promise<number[]> {
  const last = Port.safeParse(await readFile(file, 'utf8').catch(() => ''));
  const remembered = last.success ? [last.data] : [];
  if (asked === undefined) return [...new Set([...remembered, USUAL_PORT, 0])];
  return asked === 0 ? [...remembered, 0] : [asked, 0];
}
