import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { ROUTING_CONTROL, routingControlService } from '../../../sandbox/aws/arc/index.ts';
import { regionalServices } from '../../../sandbox/aws/index.ts';
import { route53Operations } from '../../../sandbox/aws/route53/protocol.ts';

it('the table of operations lists what is served, and nothing else', () => {
  const rows = readFileSync('sandbox/aws/README.md', 'utf8').matchAll(/^\| ([\w-]+) +\| (\w+) +\|/gm);
  const documented = [...rows].map(([, service, operation]) => `${service}.${operation}`).slice(1);

  const served = [
    ...regionalServices.flatMap(({ name, operations }) => operations.map((operation) => `${name}.${operation.name}`)),
    ...route53Operations.map((operation) => `route53.${operation.name}`),
    ...routingControlService.operations.map((operation) => `${ROUTING_CONTROL}.${operation.name}`),
  ];

  expect(documented.toSorted()).toEqual(served.toSorted());
});
