import { createActions } from '../../src/actions/index.ts';
import { noClients } from '../../src/cli/no-clients.ts';
import { type Catalogue, formatProblem } from '../../src/domain/catalogue.ts';
import { usableCatalogue } from '../../src/domain/lint/usable.ts';

/** What of the runbooks cannot be used, as somebody who starts reads it: a line for each mistake, and what to do. Pure. */
export function brokenLines(catalogue: Catalogue): string[] {
  const { problems } = usableCatalogue(catalogue, createActions(noClients()));
  if (problems.length === 0) return [];
  return [
    'Not everything in the runbooks can be used:',
    ...problems.map((problem) => `  ${formatProblem(problem)}`),
    'Mend it, then restart Lifeboat (Ctrl+C, npm start): it reads the runbooks when it starts.',
  ];
}
