import { createActions } from '../actions/index.ts';
import { observationTimeout } from '../adapters/deadline.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import type { Config } from '../config.ts';
import { connectClients } from '../connect-clients.ts';
import type { JsonObject } from '../domain/action.ts';
import { formatProblem } from '../domain/catalogue.ts';
import { InvalidInput } from '../domain/errors.ts';
import { usableCatalogue } from '../domain/lint/usable.ts';
import { nearestWord } from '../domain/nearest.ts';
import type { Plan } from '../domain/plan.ts';
import { Mode } from '../domain/runbook.ts';
import { makePlan } from '../usecases/make-plan.ts';
import { connect } from './connect.ts';
import { EXIT } from './exit-codes.ts';
import { noClients } from './no-clients.ts';
import { renderPlan } from './render-plan.ts';

export interface PlanCommand {
  /** `chatbot/region-failover` */
  subject: string;
  /** Absent: the first that the runbook has. */
  mode?: string | undefined;
  /** `to=us-west-2`, … */
  params: string[];
  json: boolean;
  config: Config;
  write: (text: string) => void;
}

/** Shows what a runbook would change now, reading the real infrastructure and changing nothing; returns the exit status. */
export async function plan({ subject, mode: wanted, params, json, config, write }: PlanCommand): Promise<number> {
  const mode = Mode.optional().safeParse(wanted);
  if (!mode.success) throw new InvalidInput('plan.mode', `--mode is emergency or planned, not ${wanted}.`);
  const given = parseParams(params);
  const { entry, systemName, runbookId, access } = await findRunbook(subject, config.runbooksDirectory);
  const connection = await connect(config);
  const observationTimeoutMs = () => observationTimeout(connection.clock);
  const clients = connectClients(config, access, connection.clock);
  try {
    const made = await makePlan({
      entry,
      systemName,
      runbookId,
      mode: mode.data ?? entry.runbooks[runbookId]?.mode[0] ?? 'emergency',
      params: given,
      incident: 'none',
      planId: 'preview',
      requestedBy: 'terminal',
      actions: createActions(clients),
      samples: connection.store.samples.reader(systemName),
      clock: connection.clock,
      observationTimeoutMs,
    });
    write(json ? `${JSON.stringify(made satisfies Plan, null, 2)}\n` : renderPlan(made));
    return made.verdict === 'ready' ? EXIT.fine : EXIT.refused;
  } finally {
    await clients.close();
    await connection.close();
  }
}

async function findRunbook(subject: string, directory: string) {
  const [systemName = '', runbookId = '', ...rest] = subject.split('/');
  if (!systemName || !runbookId || rest.length > 0) {
    throw new InvalidInput(
      'plan.subject',
      `Write <system>/<runbook>, for example chatbot/region-failover, not ${subject}.`,
    );
  }
  const catalogue = usableCatalogue(await loadCatalogue(directory), createActions(noClients()));
  const entry = Object.hasOwn(catalogue.systems, systemName) ? catalogue.systems[systemName] : undefined;
  const isStopped = !entry || entry.broken?.includes(runbookId) === true;
  const own = catalogue.problems.filter(({ file }) => file.includes(`/${systemName}/${runbookId}.`));
  const broken =
    own.length > 0 || !isStopped ? own : catalogue.problems.filter(({ file }) => file.includes(`/${systemName}/`));
  if (broken.length > 0) {
    throw new InvalidInput('plan.runbook', `${subject} cannot be used:\n${broken.map(formatProblem).join('\n')}`);
  }
  if (!entry) {
    const near = nearestWord(systemName, Object.keys(catalogue.systems));
    const hint = near ? ` Did you mean ${near}?` : '';
    throw new InvalidInput('plan.system', `There is no system ${systemName} in ${directory}.${hint}`);
  }
  return { entry, systemName, runbookId, access: catalogue.access };
}

function parseParams(params: string[]): JsonObject {
  const pairs = params.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new InvalidInput('plan.parameter', `Write name=value, not ${text}.`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
