import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { parseXml } from '../xml.ts';
import { canonicalName } from './names.ts';
import type { Routing } from './state.ts';

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
  SetIdentifier: z.string().min(1).max(128).optional(),
  Weight: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .refine((weight) => weight <= 255, 'must be 0 to 255')
    .optional(),
  Failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  HealthCheckId: z.string().max(64).optional(),
  AliasTarget: z.unknown().optional(),
  Region: z.unknown().optional(),
  GeoLocation: z.unknown().optional(),
  MultiValueAnswer: z.unknown().optional(),
});
type RecordSet = z.infer<typeof RecordSet>;

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
export interface RecordChange extends Routing {
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
    const unserved = UNSERVED.find((field) => set[field] !== undefined);
    if (unserved) throw new AwsError('InvalidInput', `The simulated zone holds no records with ${unserved}`);
    const routing = routingOf(Action, set);
    if (set.TTL === undefined || set.ResourceRecords === undefined) {
      const which = 'AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId';
      throw invalid(`Expected exactly one of [${which}], but found none`, Action, set);
    }
    if (set.TTL > 2_147_483_647) throw new AwsError('InvalidInput', `Invalid TTL ${set.TTL}`);
    const values = set.ResourceRecords.map(({ Value }) => Value);
    return { action: Action, name: canonicalName(set.Name), type: set.Type, ttl: set.TTL, values, ...routing };
  });
  return { ...(Comment === undefined ? {} : { comment: Comment }), changes };
}

/** Kinds of records that the real service has and this zone does not. */
const UNSERVED = ['AliasTarget', 'Region', 'GeoLocation', 'MultiValueAnswer'] as const;

/** How it is chosen among records of its name and type; throws InvalidInput where that is half said. */
function routingOf(action: string, set: RecordSet): Routing {
  const { SetIdentifier, Weight, Failover, HealthCheckId } = set;
  const policies = [Weight, Failover].filter((policy) => policy !== undefined).length;
  if (SetIdentifier === undefined && policies > 0) throw invalid("Missing field 'SetIdentifier'", action, set);
  if (SetIdentifier !== undefined && policies !== 1) {
    const which = 'Weight, Region, Failover, GeoLocation, or MultiValueAnswer';
    throw invalid(`Expected exactly one of [${which}], but found ${policies === 0 ? 'none' : 'more'}`, action, set);
  }
  return {
    ...(SetIdentifier !== undefined && { setIdentifier: SetIdentifier }),
    ...(Weight !== undefined && { weight: Weight }),
    ...(Failover !== undefined && { failover: Failover }),
    ...(HealthCheckId !== undefined && { healthCheckId: HealthCheckId }),
  };
}

function invalid(complaint: string, action: string, { Name, Type, SetIdentifier = 'null' }: RecordSet): AwsError {
  const which = `[Action=${action}, Name=${canonicalName(Name)}, Type=${Type}, SetIdentifier=${SetIdentifier}]`;
  return new AwsError('InvalidInput', `Invalid request: ${complaint} in Change with ${which}`);
}

function parse(body: string): unknown {
  try {
    return parseXml(body);
  } catch {
    throw new AwsError('InvalidInput', 'Invalid XML ; the body is not well formed');
  }
}
