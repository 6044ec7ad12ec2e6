import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { isInstalled } from '../../sandbox/tools/world.ts';
import { inSandbox, playRegionFailover, REGION_DOWN } from '../../support/sandbox.ts';

const TOOLS = ['aws', 'kubectl', 'psql', 'dig'];
/** Skipped, and counted as such, where one is not installed. */
const withTools = TOOLS.every(isInstalled) ? test : test.skip;

/** What a line prints in a shell that the page's first command has prepared, without the blanks around it. */
async function typed({ tools }: Sandbox, line: string): Promise<string> {
  const child = spawn('bash', ['-euc', `${tools[0]?.command}\n${line}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return printed.trim();
}

withTools(
  'the document’s own commands, corrected and typed by hand, show the recovered region',
  async () => {
    await inSandbox({ seed: 4 }, async (sandbox) => {
      const { system } = sandbox;
      const { replica, name } = system.database;
      const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });

      const instance = `--db-instance-identifier ${replica.instance} --region ${replica.region} --output text`;
      const kubectl = `kubectl --context ${system.kubernetes.contexts[replica.region]} -n ${system.kubernetes.namespace}`;
      const resolver = /^dig @\S+ -p \d+/.exec(sandbox.tools.find(({ tool }) => tool === 'dig')?.command ?? '')?.[0];
      const [role, endpoint, secret, ready, inRecovery, database, answer, cluster] = await Promise.all(
        [
          `aws rds describe-db-instances ${instance} --query 'DBInstances[0].ReadReplicaSourceDBInstanceIdentifier'`,
          `aws rds describe-db-instances ${instance} --query 'DBInstances[0].Endpoint.Address'`,
          `${kubectl} get secret ${system.kubernetes.secret.name} -o jsonpath='{.data.host}' | base64 -d`,
          `${kubectl} get deployment chatbot-api -o jsonpath='{.status.readyReplicas}'`,
          `psql service=${replica.instance} -Atc 'SELECT pg_is_in_recovery()'`,
          `psql service=${replica.instance} -Atc 'SELECT current_database()'`,
          `${resolver} ${system.dns.record} CNAME +short`,
          `aws eks describe-cluster --name chatbot-cluster --region ${replica.region} --query cluster.status --output text`,
        ].map((line) => typed(sandbox, line)),
      );

      expect(report.outcome).toBe('recovered with exceptions');
      expect(role).toBe('None');
      expect(secret).toBe(endpoint);
      expect(endpoint).toContain(replica.instance);
      expect(ready).toBe('20');
      expect([inRecovery, database]).toEqual(['f', name]);
      expect(answer).toBe(`${system.loadBalancers[replica.region]?.host}.`);
      expect(cluster).toBe('ACTIVE');
    });
  },
  240_000,
);
