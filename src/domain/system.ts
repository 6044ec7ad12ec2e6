import { z } from 'zod';
import { Duration } from './duration.ts';

/** An AWS region by its name, for example `us-east-1`. */
export const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, for example us-east-1');
export type Region = z.infer<typeof Region>;

export const Severity = z.enum(['P0', 'P1', 'P2', 'P3']);
export type Severity = z.infer<typeof Severity>;

/** The name of an environment variable that holds a secret; files never hold the secret itself. */
const SecretName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name an environment variable, for example CHATBOT_PASSWORD');

const Tier = z.strictObject({
  tier: z.int().min(1),
  after: Duration,
  action: z.string().min(1),
  contact: z.string().min(1),
  routingKey: SecretName.describe('Environment variable with the PagerDuty Events v2 routing key of this tier.'),
});
export type Tier = z.infer<typeof Tier>;

const DatabaseInstance = z.strictObject({ region: Region, instance: z.string().min(1) });

/**
 * Network and parameters of the databases in a region: groups are of one region, so a replica in another one cannot take
 * them over from its source, and RDS would put it into the account's default network.
 */
const DatabaseGroups = z.strictObject({
  subnetGroup: z.string().min(1),
  securityGroups: z.array(z.string().startsWith('sg-')).min(1),
  parameterGroup: z.string().min(1).optional().describe("Absent: RDS's default of the engine."),
});
export type DatabaseGroups = z.infer<typeof DatabaseGroups>;

/** What a runbook is measured against where that differs from the severity's RTO and the database's RPO. */
const Targets = z.strictObject({ rto: Duration.optional(), rpo: Duration.optional() });

const Arn = z.string().startsWith('arn:');

/** ARC routing controls: highly available switches that need no control plane. */
const RoutingControls = z.strictObject({
  endpoints: z
    .array(z.strictObject({ region: Region, url: z.url() }))
    .min(1)
    .describe('Data-plane endpoints of the ARC cluster; any of them takes a change, so they are tried in turn.'),
  controls: z.record(Region, Arn).describe('The control that lets traffic into each region.'),
});

/**
 * Failover records over an inverted health check of an object: while the object is there, traffic goes to the secondary.
 * Prepared beforehand; switching it is one write in the standby region.
 */
const TrafficObject = z.strictObject({
  region: Region,
  bucket: z.string().min(1),
  key: z.string().min(1),
  /**
   * Id of the health check that the primary failover record carries: inverted over the object, or one calculated from that
   * and the primary region's routing control.
   */
  healthCheck: z.string().min(1),
});

/** How a client of the product is seen to be served: what it asks, in order. */
const Journey = z.strictObject({
  signIn: z.url(),
  read: z.url(),
  write: z.url(),
  user: z.string().min(1).describe('The test user that signs in.'),
  password: SecretName,
});

const LoadBalancer = z.strictObject({
  host: z
    .string()
    .min(1)
    .describe('Public DNS name of the load balancer, the value of the DNS record that sends traffic to it.'),
  listener: z.string().startsWith('arn:'),
  active: z.string().startsWith('arn:').describe('Target group that serves users.'),
  standby: z.string().startsWith('arn:').describe('Target group that answers with the standby page.'),
});

/**
 * `runbooks/<system>/system.yaml`: what exists, where, and the targets that recovery is measured against.
 * Durations become seconds. Expressions see this object as `system`.
 */
export const System = z.strictObject({
  title: z.string().min(1),
  regions: z.strictObject({ primary: Region, secondary: Region }),
  targetsFrom: z.string().min(1).describe('Where the targets below come from.'),
  rto: z.record(Severity, Duration),
  rpo: z.strictObject({ database: Duration, files: Duration, configuration: Duration }),
  targets: z.record(z.string(), Targets).optional().describe('By runbook, where it has targets of its own.'),
  database: z.strictObject({
    name: z.string().min(1),
    user: z.string().min(1).describe('Role that Lifeboat signs in as: RDS rights, never superuser.'),
    password: SecretName,
    applicationUsers: z
      .array(z.string().min(1))
      .min(1)
      .describe('Roles that the application writes as; fencing takes their sign-in away.'),
    probeTable: z
      .string()
      .min(1)
      .default('lifeboat_probe')
      .describe('Table that write probes use; Lifeboat creates it, empty, when it is missing.'),
    primary: DatabaseInstance,
    replica: DatabaseInstance,
    groups: z
      .record(Region, DatabaseGroups)
      .optional()
      .describe("By region; needed where a replica is created in another region than its source's."),
    tables: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Tables that are counted and checked when a restored database is compared; absent: every table of `public`.',
      ),
    secret: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Name of the JSON secret in each region's Secrets Manager that holds `host` and `port` of the database, too.",
      ),
  }),
  /** Nightly dumps in S3. */
  backups: z
    .strictObject({
      region: Region,
      bucket: z.string().min(1),
      prefix: z.string().describe('Keys begin with it: `database-backups/`.'),
      maxAge: Duration.describe('A dump older than this is no usable backup.'),
    })
    .optional(),
  kubernetes: z.strictObject({
    namespace: z.string().min(1),
    contexts: z.record(Region, z.string().min(1)).describe("kubeconfig context of each region's cluster."),
    clusters: z.record(Region, z.string().min(1)).optional().describe("EKS's name of each region's cluster."),
    deployments: z.array(z.string().min(1)).min(1),
    secret: z
      .strictObject({ name: z.string().min(1), hostKey: z.string().min(1), portKey: z.string().min(1) })
      .describe('Secret with the database connection, and its keys that hold host and port.'),
  }),
  dns: z.strictObject({
    hostedZone: z.string().min(1),
    zone: z.string().min(1),
    record: z.string().min(1),
    resolvers: z.array(z.strictObject({ name: z.string().min(1), address: z.string().min(1) })).min(1),
  }),
  loadBalancers: z.record(Region, LoadBalancer),
  endpoints: z.strictObject({
    health: z.url().describe('Answers 200 only when users can read and write.'),
    ready: z.record(Region, z.url()).describe("Readiness of each region's services, whatever the database does."),
  }),
  journey: Journey.optional(),
  routingControls: RoutingControls.optional(),
  trafficObject: TrafficObject.optional(),
  escalation: z.array(Tier).min(1),
  coolDown: Duration.optional().describe(
    'After a run, for this long nothing starts by itself; a person may always start. Absent: 30 minutes.',
  ),
});
export type System = z.infer<typeof System>;

/** `runbooks/access.yaml`: Slack user ids by role, for each system. */
export const Access = z.record(
  z.string(),
  z.strictObject({
    start: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'write a Slack user id, for example U012AB3CD')).min(1),
    approve: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'write a Slack user id, for example U012AB3CD')).min(1),
    command: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'write a Slack user id, for example U012AB3CD')).min(1),
  }),
);
export type Access = z.infer<typeof Access>;
export type Role = 'start' | 'approve' | 'command';
