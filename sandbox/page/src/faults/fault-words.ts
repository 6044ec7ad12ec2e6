import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { Fault, FaultName } from '../../../world/state.ts';

/** What a fault is called on its switches; the region or duration is added there. */
const TITLES: Record<FaultName, string> = {
  'region-down': 'Region does not answer',
  'region-refuse': 'Region refuses connections',
  'route53-control-plane-down': 'Route 53 cannot be changed',
  'replica-lag': 'Replica falls behind',
  'slack-rate-limited': 'Slack asks to wait',
  'slack-errors': 'Slack answers with errors',
  'slack-silent': 'Slack does not answer',
  'pagerduty-down': 'PagerDuty does not answer',
  'aws-throttled': 'AWS throttles calls',
  'aws-errors': 'AWS answers with errors',
  'aws-resets': 'AWS resets connections',
  'aws-slow': 'AWS answers slowly',
  'promotion-refused': 'RDS refuses to promote',
  'kubernetes-conflicts': 'Kubernetes reports conflicts',
  'zone-down': 'Zone is gone',
  'network-partition': 'Region is cut off',
  'old-primary-returns': 'Old primary returns',
  'database-crash': 'Database host is gone',
  'database-overloaded': 'Database is overloaded',
  'broken-replica': 'Replica receives nothing',
  'corrupted-index': 'Index is corrupted',
  'corrupted-table': 'Table is corrupted',
  'deleted-rows': 'Rows are deleted',
  'crash-looping-pods': 'Pods crash at their start',
  'out-of-memory-pods': 'Pods run out of memory',
  'image-missing': 'Image of pods is missing',
  'failing-probes': 'Pods hang',
  'full-nodes': 'Nodes are full',
  'dns-does-not-propagate': 'DNS changes do not arrive',
  'expired-credentials': 'AWS credentials have expired',
  'backup-missing': 'Dumps are missing',
  'backup-stale': 'Dumps are nine days old',
  'backup-wrong-checksum': 'Newest dump is damaged',
};

/** The title of a kind of fault; one that has no words here yet is named as it is written. */
export function faultTitle(name: string): string {
  return TITLES[name as FaultName] ?? capitalize(name.replaceAll('-', ' '));
}

/** What is the matter, in a few words: `us-east-1 does not answer`. */
export function faultWords({ name, target, seconds }: Pick<Fault, 'name' | 'target' | 'seconds'>): string {
  switch (name) {
    case 'region-down':
      return `${target ?? 'a region'} does not answer`;
    case 'region-refuse':
      return `${target ?? 'a region'} refuses connections`;
    case 'replica-lag':
      return `the replica is ${formatSeconds(seconds ?? 0)} behind`;
    default:
      if (name in TITLES && target === undefined) return faultTitle(name);
      return [faultTitle(name).toLowerCase(), target, seconds === undefined ? undefined : formatSeconds(seconds)]
        .filter((part) => part !== undefined)
        .join(', ');
  }
}

/** With a capital, unless it begins with a name such as `us-east-1`. */
export function capitalize(text: string): string {
  return /^[a-z]+-[a-z]+-\d/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
