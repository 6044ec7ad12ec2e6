import type { FaultKind } from './wire.ts';

/** Every switch of the world, in the order in which the page shows them. */
export const FAULTS: FaultKind[] = [
  {
    name: 'region-down',
    target: 'region',
    example: 'region-down:us-east-1',
    sentence: 'Everything in the region accepts connections and never answers: API, cluster, database, load balancer.',
  },
  {
    name: 'region-refuse',
    target: 'region',
    example: 'region-refuse:us-east-1',
    sentence: 'Everything in the region refuses connections at once.',
  },
  {
    name: 'route53-control-plane-down',
    target: 'none',
    example: 'route53-control-plane-down',
    sentence: "Route 53's API never answers, so records cannot be changed; name servers go on answering.",
  },
  {
    name: 'replica-lag',
    target: 'duration',
    example: 'replica-lag:600s',
    sentence: 'Changes reach the replica that much later than the primary commits them.',
  },
  {
    name: 'slack-rate-limited',
    target: 'none',
    example: 'slack-rate-limited',
    sentence: 'Slack answers every call with 429 and asks to wait; clicks and commands still arrive.',
  },
  {
    name: 'slack-errors',
    target: 'none',
    example: 'slack-errors',
    sentence: 'Slack answers every call with 500 and does nothing of it; clicks and commands still arrive.',
  },
  {
    name: 'slack-silent',
    target: 'none',
    example: 'slack-silent',
    sentence: 'Slack takes calls and never answers, and does nothing of them; clicks and commands still arrive.',
  },
  {
    name: 'pagerduty-down',
    target: 'none',
    example: 'pagerduty-down',
    sentence: 'PagerDuty takes connections and never answers, so nobody is paged.',
  },
  {
    name: 'aws-throttled',
    target: 'none',
    example: 'aws-throttled',
    sentence: 'AWS refuses two calls of three of each operation: rate exceeded.',
  },
  {
    name: 'aws-errors',
    target: 'none',
    example: 'aws-errors',
    sentence: 'AWS answers two calls of three of each operation with an internal error, and does nothing of them.',
  },
  {
    name: 'aws-resets',
    target: 'none',
    example: 'aws-resets',
    sentence: 'AWS does what it is asked, and resets two connections of three instead of answering.',
  },
  {
    name: 'aws-slow',
    target: 'none',
    example: 'aws-slow',
    sentence: 'Every answer of AWS takes ten seconds longer.',
  },
  {
    name: 'promotion-refused',
    target: 'none',
    example: 'promotion-refused',
    sentence: 'RDS refuses to promote the replica: an organization policy denies it.',
  },
  {
    name: 'kubernetes-conflicts',
    target: 'none',
    example: 'kubernetes-conflicts',
    sentence: 'Clusters refuse two changes of three with 409: somebody else has changed the object meanwhile.',
  },
  {
    name: 'zone-down',
    target: 'zone',
    example: 'zone-down:us-east-1a',
    sentence: 'Database instances, nodes and pods in this zone are gone; the region works on in its other zones.',
  },
  {
    name: 'network-partition',
    target: 'region',
    example: 'network-partition:us-east-1',
    sentence:
      'Other regions and Lifeboat cannot reach this one, and it cannot reach them; its users are served all the same.',
  },
  {
    name: 'old-primary-returns',
    target: 'region',
    example: 'old-primary-returns:us-east-1',
    sentence:
      'Although the region is down, its database and the services in it work again, as they were: two primaries.',
  },
  {
    name: 'database-crash',
    target: 'instance',
    example: 'database-crash:chatbot-prod',
    sentence:
      'The host of this database instance is gone; with a standby in another zone RDS fails over to it by itself.',
  },
  {
    name: 'database-overloaded',
    target: 'instance',
    example: 'database-overloaded:chatbot-prod',
    sentence:
      'This database instance runs at 99 % CPU: it accepts few connections and answers slowly, but it is alive.',
  },
  {
    name: 'broken-replica',
    target: 'instance',
    example: 'broken-replica:chatbot-prod-replica-west',
    sentence: 'This replica receives nothing any more: its replication has ended with an error.',
  },
  {
    name: 'corrupted-index',
    target: 'none',
    example: 'corrupted-index',
    sentence:
      'An index of the primary database is damaged: some queries do not find rows that are there. Switched off, it stays damaged.',
  },
  {
    name: 'corrupted-table',
    target: 'none',
    example: 'corrupted-table',
    sentence:
      'A page of a table in the primary database is damaged: reading it fails with a checksum error. Switched off, it stays damaged.',
  },
  {
    name: 'deleted-rows',
    target: 'none',
    example: 'deleted-rows',
    sentence:
      'A faulty release deletes users whose sessions and messages stay behind, in the primary and so in every replica. Switched off, they stay deleted.',
  },
  {
    name: 'crash-looping-pods',
    target: 'deployment',
    example: 'crash-looping-pods:chatbot-api',
    sentence: 'A bad configuration makes most pods of this deployment exit at their start, again and again.',
  },
  {
    name: 'out-of-memory-pods',
    target: 'deployment',
    example: 'out-of-memory-pods:chatbot-api',
    sentence: 'Pods of this deployment grow until the kernel kills them for their memory.',
  },
  {
    name: 'image-missing',
    target: 'deployment',
    example: 'image-missing:chatbot-api',
    sentence: 'A new release of this deployment names an image that the registry does not have.',
  },
  {
    name: 'failing-probes',
    target: 'deployment',
    example: 'failing-probes:chatbot-api',
    sentence: 'Pods of this deployment run but hang: their readiness probes fail.',
  },
  {
    name: 'full-nodes',
    target: 'region',
    example: 'full-nodes:us-west-2',
    sentence: 'Other workloads fill the nodes of this cluster: new pods stay pending.',
  },
  {
    name: 'dns-does-not-propagate',
    target: 'none',
    example: 'dns-does-not-propagate',
    sentence:
      'Route 53 takes changes of records and never brings them to its name servers; public resolvers keep old answers.',
  },
  {
    name: 'expired-credentials',
    target: 'none',
    example: 'expired-credentials',
    sentence: "AWS refuses every call: Lifeboat's credentials have expired.",
  },
  {
    name: 'backup-missing',
    target: 'none',
    example: 'backup-missing',
    sentence: 'The bucket of the nightly dumps is empty.',
  },
  {
    name: 'backup-stale',
    target: 'none',
    example: 'backup-stale',
    sentence: 'The nightly dumps have not been written for nine days.',
  },
  {
    name: 'backup-wrong-checksum',
    target: 'none',
    example: 'backup-wrong-checksum',
    sentence: 'The newest dump is not what was uploaded: its checksum does not match.',
  },
];
