import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { complaintsOf } from './expectation.ts';
import type { Case } from './load-simulations.ts';
import { SimulationReport } from './report.ts';

/** Reports of simulations that have been played, a file each, so that a long rehearsal can be gone on with. */
export interface KeptResults {
  /** The report of this case with this seed and speed, when it ended as the case now says it must. */
  find(one: Case & { seed: number }, speed: number): Promise<SimulationReport | undefined>;
  keep(one: Case & { seed: number }, report: SimulationReport): Promise<void>;
}

/** Results in a folder, which is made when the first one is kept. */
export function keptResults(folder: string): KeptResults {
  return {
    async find(one, speed) {
      const text = await readFile(join(folder, fileOf(one, speed)), 'utf8').catch(() => undefined);
      const parsed = text === undefined ? undefined : SimulationReport.safeParse(readJson(text));
      if (!parsed?.success || complaintsOf(one.simulation, parsed.data).length > 0) return undefined;
      return parsed.data;
    },
    async keep(one, report) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, fileOf(one, report.speed)), `${JSON.stringify(report, null, 2)}\n`);
    },
  };
}

/** What breaks and what people do is part of the name: a case that was changed is played again. */
function fileOf({ system, runbook, simulation, seed }: Case & { seed: number }, speed: number): string {
  const { expect: _expect, ...played } = simulation;
  const digest = createHash('sha256').update(JSON.stringify(played)).digest('hex').slice(0, 12);
  return `${system}.${runbook}.${digest}.seed-${seed}.speed-${speed}.json`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
