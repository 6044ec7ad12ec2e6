import { createActions } from '../actions/index.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import type { Config } from '../config.ts';
import { formatProblem } from '../domain/catalogue.ts';
import { usableCatalogue } from '../domain/lint/usable.ts';
import { RESTART, status as readStatus, type Status } from '../usecases/status.ts';
import { connect } from './connect.ts';
import { EXIT } from './exit-codes.ts';
import { noClients } from './no-clients.ts';

export interface StatusCommand {
  /** A system or an incident; everything that is open without it. */
  subject: string | undefined;
  json: boolean;
  config: Config;
  write: (text: string) => void;
}

/** Shows open incidents from the bot's database: it works without Slack. Returns the exit status. */
export async function status({ subject, json, config, write }: StatusCommand): Promise<number> {
  const catalogue = usableCatalogue(await loadCatalogue(config.runbooksDirectory), createActions(noClients()));
  const connection = await connect(config);
  try {
    const found = await readStatus(
      {
        journal: connection.store.journal,
        clock: connection.clock,
        systems: new Map(Object.entries(catalogue.systems).map(([name, { system }]) => [name, system])),
        problems: () => catalogue.problems.map(formatProblem),
      },
      subject,
    );
    write(json ? `${JSON.stringify(found, null, 2)}\n` : renderStatus(found));
    return EXIT.fine;
  } finally {
    await connection.close();
  }
}

/** As text for a terminal; ends with a line break. */
export function renderStatus({ incidents, quiet, coolDowns, problems }: Status): string {
  const lines = incidents.flatMap((incident) => [
    `${incident.id}  ${incident.severity}  ${incident.system}: ${incident.title} (${incident.elapsed} since detection)`,
    `  ${incident.now}`,
    ...incident.findings.map((sentence) => `  Found: ${sentence}`),
    ...(incident.next ? [`  ${incident.next}`] : []),
    ...(incident.escalation ? [`  ${incident.escalation}`] : []),
    ...(incident.coolDown ? [`  ${incident.coolDown}`] : []),
  ]);
  if (incidents.length === 0) lines.push('No incident is open.');
  if (quiet.length > 0) lines.push(`Quiet: ${quiet.join(', ')}`);
  lines.push(...coolDowns);
  for (const problem of problems) lines.push(`Cannot be used: ${problem}`);
  if (problems.length > 0) lines.push(RESTART);
  return `${lines.join('\n')}\n`;
}
