import type { FaultName } from '../../../sandbox/world/state.ts';
import type { ChaosFault } from '../fault.ts';

/** World minutes for which services have their bad time: less than any step of the runbooks may take. */
const MINUTES: Partial<Record<FaultName, number>> = { 'pagerduty-down': 5, 'slack-silent': 3, 'slack-errors': 3 };
const USUAL = 2;

/** The approval and the steps that change something in AWS, and the steps that change something in a cluster. */
const IN_AWS = ['plan.created', ...['promote', 'load-balancer', 'dns'].map((step) => `step.started ${step}`)];
const IN_CLUSTERS = ['scale', 'connection', 'restart'].map((step) => `step.started ${step}`);

export const serviceFaults: ChaosFault[] = [
  service('slack-rate-limited', 'Slack answers 429 for minutes.'),
  service('slack-errors', 'Slack answers 500 for minutes.'),
  service('slack-silent', 'Slack answers nothing for minutes.'),
  service('pagerduty-down', 'PagerDuty answers nothing for minutes.', ['incident.declared', 'escalation.reached']),
  service('aws-throttled', 'AWS refuses two calls of three for minutes: rate exceeded.', IN_AWS),
  service('aws-errors', 'AWS answers two calls of three with 500 for minutes.', IN_AWS),
  service('aws-resets', 'AWS carries calls out and resets two connections of three.', IN_AWS),
  service('aws-slow', 'AWS answers ten seconds late for minutes.', IN_AWS),
  service('kubernetes-conflicts', 'Clusters refuse two changes of three with 409.', IN_CLUSTERS),
];

/** A fault of the world that is switched on, and off again after some world minutes. */
function service(name: FaultName, sentence: string, moments?: readonly string[]): ChaosFault {
  return {
    name,
    sentence,
    ...(moments && { moments }),
    async strike({ sandbox: { world } }) {
      world.switchFault({ name }, true);
      try {
        await world.clock.sleep((MINUTES[name] ?? USUAL) * 60_000);
      } finally {
        world.switchFault({ name }, false);
      }
      return undefined;
    },
  };
}
