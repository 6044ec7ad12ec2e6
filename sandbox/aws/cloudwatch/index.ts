import { AwsError } from '../errors.ts';
import { jsonService } from '../json/protocol.ts';
import { queryProtocol } from '../query/protocol.ts';
import type { RegionalService } from '../services.ts';
import { describeAlarms } from './alarms.ts';
import { getMetricData, getMetricStatistics, listMetrics } from './metrics.ts';

const operations = [describeAlarms, getMetricData, getMetricStatistics, listMetrics];
const name = 'cloudwatch';
const signingName = 'monitoring';

const json = jsonService({ name, signingName, version: '1.0', operations: operations.map((one) => one.json) });

/** Newer clients speak JSON, those before 2025 the Query protocol. */
export const cloudWatch: RegionalService = {
  name,
  signingName,
  operations,
  answer(world, region) {
    const newer = json.answer(world, region);
    const older = queryProtocol(world, region, [
      {
        name,
        signingName,
        version: '2010-08-01',
        namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
        operations: operations.map(({ query }) => query),
        invalidParameter: (path, missing, complaint) =>
          missing
            ? new AwsError('MissingParameter', `The parameter ${path} is required.`)
            : new AwsError('InvalidParameterValue', `The value of parameter ${path} ${complaint}.`),
      },
    ]);
    return (request, exchange) => (request.headers['x-amz-target'] ? newer : older)(request, exchange);
  },
};
