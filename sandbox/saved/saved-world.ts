import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInput } from '../../src/domain/errors.ts';
import type { Outcome } from '../client/statistics.ts';
import type { Passwords } from '../postgres/roles.ts';
import type { Call, WorldState } from '../world/state.ts';
import { JsonLines } from './json-lines.ts';

/** What a sandbox needs, besides its folders of databases, to go on after it was stopped. */
export interface SavedWorld {
  version: 1;
  systemName: string;
  /** World time when it was saved, epoch milliseconds: while nothing runs, it stands still. */
  now: number;
  /** World seconds per second; 0: it was paused. */
  speed: number;
  /** Without its calls, which have a file of their own: they grow all the time, and the rest hardly. */
  state: WorldState;
  passwords: Passwords;
  /** PagerDuty routing keys by the name of their environment variable. */
  routingKeys: Record<string, string>;
  /** The certificate authority: PEM. */
  authority: { certificate: string; key: string };
  /** Bearer token of the kubeconfig; absent in worlds saved before it was kept. */
  kubernetesToken?: string;
  /** Ports that others may have written down, by what listens there. */
  ports: Record<string, number>;
}

const FILE = 'world.json';
/** As many calls are kept; older ones are forgotten at a restart. */
const MOST_CALLS = 10_000;
/** And so many writes of the client of the product: eleven hours of real time, at its five a second. */
const MOST_WRITES = 200_000;

/** The shape that is relied on; the world's own slices are of the same program that wrote them. */
const Saved = z.looseObject({
  version: z.literal(1),
  systemName: z.string(),
  now: z.number(),
  speed: z.number().min(0),
  state: z.looseObject({ version: z.literal(1), startedAt: z.number(), faults: z.array(z.unknown()) }),
  passwords: z.record(z.string(), z.string()),
  routingKeys: z.record(z.string(), z.string()),
  authority: z.object({ certificate: z.string(), key: z.string() }),
  kubernetesToken: z.string().optional(),
  ports: z.record(z.string(), z.number()),
});

/** The files of one sandbox that grow line by line. */
export const callLines = (directory: string) => new JsonLines<Call>(join(directory, 'calls.jsonl'));
export const writeLines = (directory: string) => new JsonLines<Outcome>(join(directory, 'writes.jsonl'));

/**
 * Reads what was saved in `directory`; undefined when nothing was. Throws InvalidInput, in a sentence, when it cannot be
 * read: then nothing is touched.
 */
export async function loadSavedWorld(
  directory: string,
): Promise<{ saved: SavedWorld; outcomes: Outcome[] } | undefined> {
  const file = join(directory, FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const saved = parseSaved(text, file);
  const outcomes = await writeLines(directory).readNewest(MOST_WRITES);
  const calls = await callLines(directory).readNewest(MOST_CALLS);
  saved.state.calls = calls;
  // After a kill the file is a moment older than the last thing that happened; time must not run backwards.
  saved.now = Math.max(saved.now, outcomes.at(-1)?.at ?? 0, ...calls.slice(-1).map(({ at, latency }) => at + latency));
  return { saved, outcomes };
}

function parseSaved(text: string, file: string): SavedWorld {
  try {
    Saved.parse(JSON.parse(text));
    return JSON.parse(text) as SavedWorld;
  } catch (error) {
    throw new InvalidInput(
      'sandbox.saved',
      `The saved world in ${file} cannot be read. npm start -- --new begins a new one.`,
      { cause: error },
    );
  }
}

/** Replaces what is saved, whole: a reader sees the old file or the new one. */
export async function writeSavedWorld(directory: string, saved: SavedWorld): Promise<void> {
  const file = join(directory, FILE);
  const { calls: _ownFile, ...state } = saved.state;
  await writeFile(`${file}.new`, JSON.stringify({ ...saved, state: { ...state, calls: [] } }), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
