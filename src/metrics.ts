import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from './domain/clock.ts';
import type { IncidentState } from './domain/incident-state.ts';
import type { Journal } from './engine/ports.ts';

/** Metrics in Prometheus' text format; the incident figures are read from the journal at each scrape. */
export function createMetrics({ journal, clock }: { journal: Journal; clock: Clock }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const open = async (): Promise<IncidentState[]> => {
    const states = await Promise.all((await journal.openIncidents()).map((incident) => journal.state(incident)));
    return states.filter((state) => state !== undefined);
  };
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    fill: (gauge: Gauge, states: IncidentState[]) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        fill(this, await open());
      },
    });

  gauge(
    'lifeboat_incident_open_seconds',
    'Seconds since detection of each open incident',
    ['incident', 'system', 'severity'],
    (metric, states) => {
      for (const { id, system, severity, detectedAt } of states) {
        metric.set({ incident: id, system, severity }, (clock.now() - detectedAt) / 1000);
      }
    },
  );
  gauge(
    'lifeboat_run_status',
    '1 for the status that the run of each open incident has',
    ['incident', 'system', 'status'],
    (metric, states) => {
      for (const { id, system, run } of states) if (run) metric.set({ incident: id, system, status: run.status }, 1);
    },
  );
  gauge(
    'lifeboat_steps',
    'Steps of the run of each open incident by status',
    ['incident', 'status'],
    (metric, states) => {
      for (const { id, run } of states) {
        for (const { status } of Object.values(run?.steps ?? {})) metric.inc({ incident: id, status });
      }
    },
  );
  gauge(
    'lifeboat_pages_unaccepted',
    'Tiers that were reached and whose page PagerDuty has not accepted',
    ['incident'],
    (metric, states) => {
      for (const { id, tiers } of states) {
        const pending = tiers.filter(
          ({ reachedAt, acceptedAt }) => reachedAt !== undefined && acceptedAt === undefined,
        );
        metric.set({ incident: id }, pending.length);
      }
    },
  );
  return registry;
}
