import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { parseXml } from '../xml.ts';
import { canonicalName } from './names.ts';

/** A repeated element: the parser gives one as itself, several as an array, none as ''. */
function many<T extends z.ZodType>(name: string, item: T) {
  return z.preprocess((value) => {
    if (value === undefined) return undefined;
    const repeated: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    return repeated === undefined ? [] : [repeated].flat();
  }, z.array(item).min(1));
}

const RecordSet = z.object({
  Name: z.string().min(1).max(1024),
  Type: z.enum(['SOA', 'A', 'TXT', 'NS', 'CNAME', 'MX', 'NAPTR', 'PTR', 'SRV', 'SPF', 'AAAA', 'CAA', 'DS']),
  TTL: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .optional(),
  ResourceRecords: many('ResourceRecord', z.object({ Value: z.string().min(1).max(4000) })).optional(),
  SetIdentifier: z.string().optional(),
  AliasTarget: z.unknown().optional(),
  HealthCheckId: z.string().optional(),
});

const Request = z.object({
  ChangeResourceRecordSetsRequest: z.object({
    ChangeBatch: z.object({
      Comment: z.string().max(256).optional(),
      Changes: many(
        'Change',
        z.object({ Action: z.enum(['CREATE', 'DELETE', 'UPSERT']), ResourceRecordSet: RecordSet }),
      ),
    }),
  }),
});

/** One change of a batch, with the name as Route 53 keeps it. */
export interface RecordChange {
  action: 'CREATE' | 'DELETE' | 'UPSERT';
  name: string;
  type: string;
  ttl: number;
  values: string[];
}

/** The batch in a request's body; throws InvalidInput for what the service's schema would refuse. */
export function readChangeBatch(body: string): { comment?: string; changes: RecordChange[] } {
  const parsed = Request.safeParse(parse(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.slice(1).join('.') ?? '';
    throw new AwsError('InvalidInput', `Invalid XML ; ${place}: ${issue?.message ?? 'is not valid'}`);
  }
  const { Comment, Changes } = parsed.data.ChangeResourceRecordSetsRequest.ChangeBatch;
  const changes = Changes.map(({ Action, ResourceRecordSet: set }) => {
    if (set.AliasTarget !== undefined || set.SetIdentifier !== undefined || set.HealthCheckId !== undefined) {
      throw new AwsError(
        'InvalidInput',
        'The simulated zone holds simple records: no alias, no routing policy, no health check',
      );
    }
    if (set.TTL === undefined || set.ResourceRecords === undefined) {
      const which = `[Action=${Action}, Name=${canonicalName(set.Name)}, Type=${set.Type}, SetIdentifier=null]`;
      const sentence = `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with ${which}`;
      throw new AwsError('InvalidInput', sentence);
    }
    if (set.TTL > 2_147_483_647) throw new AwsError('InvalidInput', `Invalid TTL ${set.TTL}`);
    const values = set.ResourceRecords.map(({ Value }) => Value);
    return { action: Action, name: canonicalName(set.Name), type: set.Type, ttl: set.TTL, values };
  });
  return { ...(Comment === undefined ? {} : { comment: Comment }), changes };
}

function parse(body: string): unknown {
  try {
    return parseXml(body);
  } catch {
    throw new AwsError('InvalidInput', 'Invalid XML ; the body is not well formed');
  }
}
