import { describe, expect, it } from '@jest/globals';
import { ApiException } from '@kubernetes/client-node';
import { translateAwsError } from '../../src/adapters/aws/errors.ts';
import { translateHttpError } from '../../src/adapters/http/index.ts';
import { translateKubernetesError } from '../../src/adapters/kubernetes/errors.ts';
import { translatePostgresError } from '../../src/adapters/postgres/errors.ts';
import { LeaseLost } from '../../src/domain/errors.ts';

const withCode = (code: string, message = 'it failed') => Object.assign(new Error(message), { code });
const named = (name: string, more: object = {}) => Object.assign(new Error(`about ${name}.`), { name, ...more });
const apiStatus = (code: number, reason: string) =>
  new ApiException(code, 'answer', JSON.stringify({ kind: 'Status', message: `${reason} it`, reason }), {});

describe.each([
  ['AWS', (error: unknown) => translateAwsError(error, 'x', 'It')],
  ['Kubernetes', (error: unknown) => translateKubernetesError(error, 'It')],
  ['PostgreSQL', (error: unknown) => translatePostgresError(error, 'It')],
  ['HTTP', (error: unknown) => translateHttpError(error, 'https://it.example.com/')],
])('what cannot be reached through %s', (_name, translate) => {
  it.each([
    { error: withCode('ECONNREFUSED'), code: /\.unreachable$/ },
    { error: withCode('ECONNRESET'), code: /\.unreachable$/ },
    { error: new TypeError('fetch failed', { cause: withCode('EHOSTUNREACH') }), code: /\.unreachable$/ },
    { error: new AggregateError([withCode('ECONNREFUSED')], 'all'), code: /\.unreachable$/ },
    { error: named('TimeoutError', { code: 'ECONNRESET' }), code: /\.unreachable$/ },
    { error: named('TimeoutError'), code: /\.timeout$/ },
    { error: new DOMException('late', 'AbortError'), code: /\.timeout$/ },
    { error: new TypeError('fetch failed', { cause: withCode('UND_ERR_HEADERS_TIMEOUT') }), code: /\.timeout$/ },
  ])('is retryable: $error', ({ error, code }) => {
    const translated = translate(error);

    expect(translated).toMatchObject({ name: 'Retryable', cause: error });
    expect(translated.code).toMatch(code);
  });

  it('leaves an error of ours as it is', () => {
    const lost = new LeaseLost('lease.lost', 'Another worker took over.');

    expect(translate(lost)).toBe(lost);
  });
});

describe('what a service answers', () => {
  it.each([
    { error: named('ThrottlingException'), name: 'Retryable', code: 'rds.throttling' },
    { error: named('Whatever', { $metadata: { httpStatusCode: 503 } }), name: 'Retryable', code: 'rds.whatever' },
    { error: named('PriorRequestNotComplete'), name: 'Retryable', code: 'rds.prior-request-not-complete' },
    { error: named('AccessDenied'), name: 'Permanent', code: 'rds.access-denied' },
    { error: named('DBInstanceNotFoundFault'), name: 'Permanent', code: 'rds.db-instance-not-found' },
    { error: named('InvalidDBInstanceStateFault'), name: 'Permanent', code: 'rds.invalid-db-instance-state' },
  ])('AWS: $error.name is $name', ({ error, name, code }) => {
    expect(translateAwsError(error, 'rds', 'RDS in us-west-2')).toMatchObject({ name, code });
  });

  it.each([
    { error: apiStatus(409, 'Conflict'), name: 'Retryable', code: 'kubernetes.conflict' },
    { error: apiStatus(429, 'TooManyRequests'), name: 'Retryable', code: 'kubernetes.too-many-requests' },
    { error: apiStatus(500, 'InternalError'), name: 'Retryable', code: 'kubernetes.failed' },
    { error: apiStatus(403, 'Forbidden'), name: 'Permanent', code: 'kubernetes.forbidden' },
    { error: apiStatus(404, 'NotFound'), name: 'Permanent', code: 'kubernetes.not-found' },
    { error: new ApiException(502, 'answer', '<html>', {}), name: 'Retryable', code: 'kubernetes.failed' },
  ])('Kubernetes: $error.code is $name', ({ error, name, code }) => {
    expect(translateKubernetesError(error, 'Kubernetes')).toMatchObject({ name, code });
  });

  it.each([
    { error: withCode('57P03', 'the database system is starting up'), name: 'Retryable', code: 'postgres.57p03' },
    { error: withCode('40001'), name: 'Retryable', code: 'postgres.40001' },
    { error: new Error('Connection terminated unexpectedly'), name: 'Retryable', code: 'postgres.unreachable' },
    { error: new Error('timeout expired'), name: 'Retryable', code: 'postgres.timeout' },
    { error: withCode('28P01'), name: 'Permanent', code: 'postgres.sign-in-refused' },
    { error: withCode('42501'), name: 'Permanent', code: 'postgres.not-permitted' },
    { error: withCode('42P01'), name: 'Permanent', code: 'postgres.failed' },
  ])('PostgreSQL: $error.message is $name', ({ error, name, code }) => {
    expect(translatePostgresError(error, 'PostgreSQL')).toMatchObject({ name, code });
  });
});
