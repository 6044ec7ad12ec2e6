import { createHash } from 'node:crypto';
import type { WorldState } from '../../../world/state.ts';
import type { World } from '../../../world/world.ts';
import { AwsError } from '../../errors.ts';
import { lookUp } from '../../look-up.ts';
import type { Xml } from '../../xml.ts';
import { bareId, readMaxItems } from '../names.ts';
import { type RestOperation, VERSION } from '../operation.ts';
import { readCreation, readUpdate, renderConfig, updated } from './config.ts';
import { type HealthCheck, type HealthCheckConfig, isPassing } from './health-check.ts';

const MOST = 100;
/** Where health checkers are; each gives its own observation. */
const CHECKERS = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
];

const ONE = /^\/healthcheck\/([^/]+)$/;
const ALL = /^\/healthcheck\/?$/;

export const createHealthCheck: RestOperation = {
  name: 'CreateHealthCheck',
  method: 'POST',
  path: ALL,
  mutating: true,
  status: 201,
  headers: ({ HealthCheck }) => {
    const id = typeof HealthCheck === 'object' && 'Id' in HealthCheck ? HealthCheck.Id : undefined;
    return { location: `https://route53.amazonaws.com/${VERSION}/healthcheck/${typeof id === 'string' ? id : ''}` };
  },
  answer({ body }, world) {
    const { callerReference, config } = readCreation(body);
    const checks = checksOf(world.state);
    const same = Object.values(checks).find((check) => check.callerReference === callerReference);
    if (same && JSON.stringify(same.config) !== JSON.stringify(config)) {
      const sentence = `A health check with caller reference ${callerReference} and other settings already exists.`;
      throw new AwsError('HealthCheckAlreadyExists', sentence, 409);
    }
    validate(world.state, config);
    const check = same ?? newHealthCheck(world, callerReference, config);
    world.state.route53.healthChecks = { ...checks, [check.id]: check };
    return { HealthCheck: render(check) };
  },
};

export const getHealthCheck: RestOperation = {
  name: 'GetHealthCheck',
  method: 'GET',
  path: ONE,
  mutating: false,
  answer: ({ id }, world) => ({ HealthCheck: render(findHealthCheck(world.state, id)) }),
};

export const listHealthChecks: RestOperation = {
  name: 'ListHealthChecks',
  method: 'GET',
  path: ALL,
  mutating: false,
  answer({ query }, world) {
    const most = readMaxItems(query.get('maxitems') ?? undefined, MOST);
    const marker = query.get('marker') ?? '';
    const all = Object.values(checksOf(world.state)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const rest = all.filter(({ id }) => id >= marker);
    const next = rest[most];
    return {
      HealthChecks: { HealthCheck: rest.slice(0, most).map(render) },
      Marker: marker,
      IsTruncated: next !== undefined,
      NextMarker: next?.id,
      MaxItems: most,
    };
  },
};

export const getHealthCheckStatus: RestOperation = {
  name: 'GetHealthCheckStatus',
  method: 'GET',
  path: /^\/healthcheck\/([^/]+)\/status$/,
  mutating: false,
  answer({ id }, world) {
    const check = findHealthCheck(world.state, id);
    if (check.config.type !== 'HTTPS') {
      throw new AwsError('InvalidInput', `Health checks of type ${check.config.type} have no status of checkers`);
    }
    const now = world.clock.now();
    const passing = isPassing(check, now);
    const Status = passing ? 'Success: HTTP Status Code 200, OK' : 'Failure: HTTP Status Code 404, Not Found';
    const StatusReport = { Status, CheckedTime: new Date(now).toISOString() };
    return {
      HealthCheckObservations: {
        HealthCheckObservation: CHECKERS.map((Region) => ({ Region, IPAddress: '15.177.2.1', StatusReport })),
      },
    };
  },
};

export const updateHealthCheck: RestOperation = {
  name: 'UpdateHealthCheck',
  method: 'POST',
  path: ONE,
  mutating: true,
  answer({ id, body }, world) {
    const check = findHealthCheck(world.state, id);
    const fields = readUpdate(body);
    if (fields.HealthCheckVersion !== undefined && fields.HealthCheckVersion !== check.version) {
      const sentence = `Health check ${check.id} has version ${check.version}, not ${fields.HealthCheckVersion}.`;
      throw new AwsError('HealthCheckVersionMismatch', sentence, 409);
    }
    const config = updated(check.config, fields);
    validate(world.state, config);
    Object.assign(check, { config, version: check.version + 1 });
    return { HealthCheck: render(check) };
  },
};

export const deleteHealthCheck: RestOperation = {
  name: 'DeleteHealthCheck',
  method: 'DELETE',
  path: ONE,
  mutating: true,
  answer({ id }, world) {
    const check = findHealthCheck(world.state, id);
    const parent = Object.values(checksOf(world.state)).find(
      ({ config }) => config.type === 'CALCULATED' && config.children.includes(check.id),
    );
    if (parent) {
      throw new AwsError('InvalidInput', `Health check ${check.id} is a child of health check ${parent.id}.`);
    }
    const { [check.id]: _gone, ...rest } = checksOf(world.state);
    world.state.route53.healthChecks = rest;
    return {};
  },
};

/** Throws NoSuchHealthCheck. */
export function findHealthCheck(state: Pick<WorldState, 'route53'>, id: string): HealthCheck {
  const check = lookUp(state.route53.healthChecks, bareId(id));
  if (!check) throw new AwsError('NoSuchHealthCheck', `No health check exists with the specified ID ${id}`, 404);
  return check;
}

function newHealthCheck(world: World, callerReference: string, config: HealthCheckConfig): HealthCheck {
  const digest = createHash('sha256').update(`${world.state.seed} health check ${callerReference}`).digest('hex');
  const id = [8, 12, 16, 20, 32].map((end, index, ends) => digest.slice(ends[index - 1] ?? 0, end)).join('-');
  return { id, callerReference, version: 1, config, passing: true, since: world.clock.now(), streak: 0 };
}

/** Children and routing controls that a check names must exist; a calculated check has no calculated children. */
function validate(state: WorldState, config: HealthCheckConfig): void {
  if (config.type === 'RECOVERY_CONTROL' && !lookUp(state.routingControls?.controls, config.routingControl)) {
    throw new AwsError('InvalidInput', `There is no routing control ${config.routingControl}`);
  }
  if (config.type !== 'CALCULATED') return;
  for (const child of config.children) {
    if (findHealthCheck(state, child).config.type === 'CALCULATED') {
      throw new AwsError('InvalidInput', `Health check ${child} is calculated, and cannot be a child health check`);
    }
  }
}

function checksOf(state: Pick<WorldState, 'route53'>): Record<string, HealthCheck> {
  return state.route53.healthChecks ?? {};
}

function render({ id, callerReference, version, config }: HealthCheck): { readonly [name: string]: Xml } {
  return {
    Id: id,
    CallerReference: callerReference,
    HealthCheckConfig: renderConfig(config),
    HealthCheckVersion: version,
  };
}
