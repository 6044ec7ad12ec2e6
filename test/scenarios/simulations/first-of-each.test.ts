import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadSimulations } from '../../../sandbox/simulate/load-simulations.ts';
import { playCase } from '../../../sandbox/simulate/play-case.ts';
import { loadCatalogue } from '../../../src/catalogue/load.ts';

const RUNBOOKS = fileURLToPath(new URL('../../../runbooks', import.meta.url));
const SUFFIX = '.simulations.yaml';

/**
 * World seconds a machine second. Half of what `simulate --all` has: the RTO is judged, and what a busy machine takes from
 * its programs counts by this factor.
 */
const SPEED = 30;

/** All others are played by `lifeboat simulate --all`, which is for a nightly job; so is more than one seed. */
const subjects = readdirSync(RUNBOOKS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: system }) =>
    readdirSync(join(RUNBOOKS, system))
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => ({ system, runbook: file.slice(0, -SUFFIX.length) })),
  );

test.each(subjects)(
  'the first simulation of $system/$runbook ends as it should',
  async ({ system, runbook }) => {
    const catalogue = await loadCatalogue(RUNBOOKS);
    const [first] = await loadSimulations(RUNBOOKS, system, runbook);
    if (!first) throw new Error(`${system}/${runbook} has no simulation`);

    const { complaints } = await playCase(first, { catalogue, runbooksDirectory: RUNBOOKS, seed: 5, speed: SPEED });

    expect(complaints).toEqual([]);
  },
  300_000,
);
