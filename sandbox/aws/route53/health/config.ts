import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { parseXml, type Xml } from '../../xml.ts';
import type { HealthCheckConfig } from './health-check.ts';

const DEFAULT_INTERVAL = 30;
const DEFAULT_THRESHOLD = 3;
const HTTPS_PORT = 443;

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be ${least} to ${most}`);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const Children = z.preprocess(
  (value) => {
    const child: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'ChildHealthCheck') : value;
    return child === undefined || child === '' ? [] : [child].flat();
  },
  z.array(z.string().min(1)).max(256),
);

const Fields = z.object({
  Type: z.string().optional(),
  FullyQualifiedDomainName: z.string().min(1).max(255).optional(),
  ResourcePath: z.string().max(255).optional(),
  Port: whole(1, 65_535).optional(),
  RequestInterval: whole(10, 30)
    .refine((value) => value === 10 || value === 30, 'must be 10 or 30')
    .optional(),
  FailureThreshold: whole(1, 10).optional(),
  Inverted: flag.optional(),
  Disabled: flag.optional(),
  HealthThreshold: whole(0, 256).optional(),
  ChildHealthChecks: Children.optional(),
  RoutingControlArn: z.string().min(1).optional(),
  HealthCheckVersion: whole(1, 99_999).optional(),
});
export type Fields = z.infer<typeof Fields>;

const Create = z.object({
  CreateHealthCheckRequest: z.object({ CallerReference: z.string().min(1).max(64), HealthCheckConfig: Fields }),
});
const Update = z.object({ UpdateHealthCheckRequest: z.preprocess((value) => (value === '' ? {} : value), Fields) });

/** Throws InvalidInput for what the service's schema would refuse. */
export function readCreation(body: string): { callerReference: string; config: HealthCheckConfig } {
  const { CallerReference, HealthCheckConfig: fields } = read(Create, body).CreateHealthCheckRequest;
  return { callerReference: CallerReference, config: toConfig(fields) };
}

export function readUpdate(body: string): Fields {
  return read(Update, body).UpdateHealthCheckRequest;
}

/** What `fields` make of a check that was `config`; its type stays. */
export function updated(config: HealthCheckConfig, fields: Fields): HealthCheckConfig {
  const shown = toFields(config);
  const given = Object.entries(fields).filter(([name, value]) => value !== undefined && name !== 'HealthCheckVersion');
  return toConfig({ ...shown, ...Object.fromEntries(given) });
}

function toConfig(fields: Fields): HealthCheckConfig {
  const common = { inverted: fields.Inverted ?? false, disabled: fields.Disabled ?? false };
  switch (fields.Type) {
    case 'HTTPS':
      if (fields.FullyQualifiedDomainName === undefined) throw missing('FullyQualifiedDomainName', 'HTTPS');
      return {
        ...common,
        type: 'HTTPS',
        host: fields.FullyQualifiedDomainName.toLowerCase(),
        path: `/${(fields.ResourcePath ?? '').replace(/^\//, '')}`,
        port: fields.Port ?? HTTPS_PORT,
        interval: fields.RequestInterval === 10 ? 10 : DEFAULT_INTERVAL,
        threshold: fields.FailureThreshold ?? DEFAULT_THRESHOLD,
      };
    case 'CALCULATED':
      return {
        ...common,
        type: 'CALCULATED',
        children: fields.ChildHealthChecks ?? [],
        threshold: fields.HealthThreshold ?? 0,
      };
    case 'RECOVERY_CONTROL':
      if (fields.RoutingControlArn === undefined) throw missing('RoutingControlArn', 'RECOVERY_CONTROL');
      if (common.inverted) throw new AwsError('InvalidInput', 'Inverted is not supported for type RECOVERY_CONTROL');
      return { ...common, type: 'RECOVERY_CONTROL', routingControl: fields.RoutingControlArn };
    default:
      throw new AwsError(
        'InvalidInput',
        `The simulated account has no health checks of type ${fields.Type ?? 'null'}; it has HTTPS, CALCULATED and RECOVERY_CONTROL`,
      );
  }
}

function toFields(config: HealthCheckConfig): Fields {
  const common = { Type: config.type, Inverted: config.inverted, Disabled: config.disabled };
  switch (config.type) {
    case 'HTTPS':
      return {
        ...common,
        FullyQualifiedDomainName: config.host,
        ResourcePath: config.path,
        Port: config.port,
        RequestInterval: config.interval,
        FailureThreshold: config.threshold,
      };
    case 'CALCULATED':
      return { ...common, ChildHealthChecks: config.children, HealthThreshold: config.threshold };
    case 'RECOVERY_CONTROL':
      return { ...common, RoutingControlArn: config.routingControl };
  }
}

/** As the API shows it. */
export function renderConfig(config: HealthCheckConfig): { readonly [name: string]: Xml } {
  const { ChildHealthChecks, ...fields } = toFields(config);
  return {
    ...fields,
    ...(config.type === 'HTTPS' && { MeasureLatency: false, EnableSNI: true }),
    ...(ChildHealthChecks && { ChildHealthChecks: { ChildHealthCheck: ChildHealthChecks } }),
  };
}

function missing(field: string, type: string): AwsError {
  return new AwsError('InvalidInput', `${field} is required for health checks of type ${type}`);
}

function read<T extends z.ZodType>(schema: T, body: string): z.infer<T> {
  let content: unknown;
  try {
    content = parseXml(body);
  } catch {
    throw new AwsError('InvalidInput', 'Invalid XML ; the body is not well formed');
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AwsError('InvalidInput', `Invalid XML ; ${issue?.path.slice(1).join('.')}: ${issue?.message}`);
}
