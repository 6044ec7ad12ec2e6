// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, it } from '@jest/globals';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { lintCatalogue } from '../../src/domain/lint/lint.ts';
import { actions, lintEdited } from './support.ts';

const RUNBOOK = 'chatbot/region-failover.yaml';
const SYSTEM = 'chatbot/system.yaml';

/** One mistake each, made in a runbook that is right, and everything that lint says about it. */
const MISTAKES = [
  {
    title: 'an action that does not exist',
    file: RUNBOOK,
    replace: 'uses: rds.promote-replica',
    by: 'uses: rds.promote-replca',
    said: [
      'chatbot/region-failover.yaml:69:15: There is no action rds.promote-replca. Did you mean rds.promote-replica?',
    ],
  },
  {
    title: 'a step id used twice',
    file: RUNBOOK,
    replace: 'id: write-probe',
    by: 'id: promote',
    said: ['chatbot/region-failover.yaml:78:13: The step id promote is used twice. Ids are unique in a runbook.'],
  },
  {
    title: 'a need that does not exist',
    file: RUNBOOK,
    replace: 'needs: [write-probe]',
    by: 'needs: [write-prob]',
    said: [
      'chatbot/region-failover.yaml:96:17: connection needs write-prob, but there is no such step. Did you mean write-probe?',
    ],
  },
  {
    title: 'steps that wait for each other',
    file: RUNBOOK,
    replace: 'id: fence\n',
    by: 'id: fence\n        needs: [promote]\n',
    said: [
      'chatbot/region-failover.yaml:58:16: These steps wait for each other: fence, then catch-up, then promote, then fence.',
    ],
  },
  {
    title: 'a step that needs itself',
    file: RUNBOOK,
    replace: 'needs: [restart]',
    by: 'needs: [load-balancer]',
    said: ['chatbot/region-failover.yaml:115:16: load-balancer needs itself.'],
  },
  {
    title: 'a key that the action does not take',
    file: RUNBOOK,
    replace: 'changes: dns-failover.json',
    by: 'change: dns-failover.json',
    said: ['chatbot/region-failover.yaml:122:17: route53.upsert takes no change. Did you mean changes?'],
  },
  {
    title: 'a value of the wrong type',
    file: RUNBOOK,
    replace: 'consecutive: 3',
    by: 'consecutive: many',
    said: ['chatbot/region-failover.yaml:137:69: http.check: consecutive must be a number, not "many".'],
  },
  {
    title: 'a missing key',
    file: RUNBOOK,
    replace: 'with: { changes: dns-failover.json }\n',
    by: 'with: {}\n',
    said: ['chatbot/region-failover.yaml:122:15: route53.upsert: changes is missing.'],
  },
  {
    title: 'a template of the wrong type',
    file: RUNBOOK,
    replace: 'consecutive: 3',
    by: 'consecutive: "${{ system.regions.primary }}"',
    said: ['chatbot/region-failover.yaml:137:69: http.check wants a whole number as consecutive, but this is text.'],
  },
  {
    title: 'a template that reads an unknown key of the system',
    file: RUNBOOK,
    replace: '${{ system.endpoints.health }}',
    by: '${{ system.endpoints.helth }}',
    said: ['chatbot/region-failover.yaml:20:22: system.endpoints has no helth. Did you mean system.endpoints.health?'],
  },
  {
    title: 'a parameter that does not exist',
    file: RUNBOOK,
    replace: 'region: ${{ params.to }}\n          profile',
    by: 'region: ${{ params.two }}\n          profile',
    said: ['chatbot/region-failover.yaml:42:19: params has no two. Did you mean params.to?'],
  },
  {
    title: 'outputs of a step that does not exist',
    file: RUNBOOK,
    replace: 'host: ${{ steps.promote.outputs.endpoint }}',
    by: 'host: ${{ steps.promot.outputs.endpoint }}',
    said: ['chatbot/region-failover.yaml:100:17: steps has no promot. Did you mean steps.promote?'],
  },
  {
    title: 'an output that the action does not bring',
    file: RUNBOOK,
    replace: 'host: ${{ steps.promote.outputs.endpoint }}',
    by: 'host: ${{ steps.promote.outputs.host }}',
    said: ['chatbot/region-failover.yaml:100:17: steps.promote.outputs has no host (there are endpoint and port).'],
  },
  {
    title: 'outputs of a step that is not waited for',
    file: RUNBOOK,
    replace: 'with: { region: "${{ params.to }}", profile: full }\n        timeout',
    by: 'with: { region: "${{ params.to }}", profile: "${{ steps.promote.outputs.endpoint }}" }\n        timeout',
    said: [
      'chatbot/region-failover.yaml:92:54: scale reads an output of promote, but does not wait for it. Add promote to its needs.',
    ],
  },
  {
    title: 'a guard after the first change',
    file: RUNBOOK,
    replace: 'with: { url: "${{ system.endpoints.health }}", consecutive: 3 }',
    by: 'with: { url: "${{ system.endpoints.health }}" }\n        expect: outputs.healthy\n        explain: No.',
    said: [
      'chatbot/region-failover.yaml:138:9: The guard health stands after fence, the first step that changes something. Move it up: all guards stand before the first change.',
    ],
  },
  {
    title: 'a guard that changes something',
    file: RUNBOOK,
    replace: 'title: Promote the replica',
    by: 'title: Promote the replica\n        expect: outputs.port == 1\n        explain: No.',
    said: [
      'chatbot/region-failover.yaml:69:9: The step promote cannot be a guard: rds.promote-replica changes something, and guards only read.',
    ],
  },
  {
    title: 'a guard without explanation',
    file: RUNBOOK,
    replace: '        explain: The standby region must work before traffic can go there.\n',
    by: '',
    said: [
      'chatbot/region-failover.yaml:35:9: The guard standby-services has no explain. Say what its failure means, and what to do.',
    ],
  },
  {
    title: 'a config file that does not exist',
    file: RUNBOOK,
    replace: 'changes: dns-failover.json',
    by: 'changes: dns-failver.json',
    said: [
      'chatbot/region-failover.yaml:122:26: There is no file dns-failver.json in the config folder of chatbot. Did you mean dns-failover.json?',
    ],
  },
  {
    title: 'a mode that does not exist',
    file: RUNBOOK,
    replace: 'mode == "emergency"',
    by: 'mode == "emergancy"',
    said: [
      'chatbot/region-failover.yaml:17:13: mode is never "emergancy"; it is emergency or planned. Did you mean emergency?',
    ],
  },
  {
    title: 'a mode that the runbook does not have',
    file: RUNBOOK,
    replace: 'mode: [emergency, planned]',
    by: 'mode: [planned]',
    said: ['chatbot/region-failover.yaml:17:13: mode is never "emergency" here: this runbook has only planned.'],
  },
  {
    title: 'a condition that is no condition',
    file: RUNBOOK,
    replace: 'outputs.missingMillicores == 0',
    by: 'outputs.missingMillicores',
    said: [
      'chatbot/region-failover.yaml:44:17: expect must be true or false, but "outputs.missingMillicores" is a whole number.',
    ],
  },
  {
    title: 'a condition that cannot be parsed',
    file: RUNBOOK,
    replace: 'outputs.missingMillicores == 0',
    by: 'outputs.missingMillicores ==',
    said: [
      'chatbot/region-failover.yaml:44:17: "outputs.missingMillicores ==" is not an expression: Unexpected token: EOF.',
    ],
  },
  {
    title: 'a condition over an unknown output',
    file: RUNBOOK,
    replace: 'outputs.lossSeconds <=',
    by: 'outputs.lossSecond <=',
    said: ['chatbot/region-failover.yaml:50:17: outputs has no lossSecond. Did you mean outputs.lossSeconds?'],
  },
  {
    title: 'a guard over another step',
    file: RUNBOOK,
    replace: 'expect: outputs.missingMillicores == 0',
    by: 'expect: outputs.missingMillicores == 0 && steps.loss.outputs.lossSeconds < 3',
    said: [
      'chatbot/region-failover.yaml:44:17: The guard capacity reads an output of loss, but guards are judged before any step runs.',
    ],
  },
  {
    title: 'a condition in ${{ }}',
    file: RUNBOOK,
    replace: 'if: steps.fence.outputs.fenced',
    by: 'if: ${{ steps.fence.outputs.fenced }}',
    said: ['chatbot/region-failover.yaml:64:13: if is an expression already. Write it without ${{ }}.'],
  },
  {
    title: 'a hyphen in an expression',
    file: RUNBOOK,
    replace: 'if: steps.fence.outputs.fenced',
    by: 'if: steps.write-probe.outputs.ok',
    said: [
      'chatbot/region-failover.yaml:64:13: steps.write-probe is read as a subtraction, because of the hyphen. Write steps["write-probe"].',
    ],
  },
  {
    title: 'a template that is not closed',
    file: RUNBOOK,
    replace: 'host: ${{ steps.promote.outputs.endpoint }}',
    by: 'host: ${{ steps.promote.outputs.endpoint }',
    said: ['chatbot/region-failover.yaml:100:17: "${{ steps.promote.outputs.endpoint }" has no closing }}.'],
  },
  {
    title: 'a misspelt key',
    file: RUNBOOK,
    replace: 'title: Promote the replica',
    by: 'titel: Promote the replica',
    said: ['chatbot/region-failover.yaml:68:9: titel is not known here. Did you mean title?'],
  },
  {
    title: 'a duration that is none',
    file: RUNBOOK,
    replace: 'timeout: 1m\n',
    by: 'timeout: 1 minute\n',
    said: [
      'chatbot/region-failover.yaml:60:18: timeout is "1 minute": write a duration as a whole number and s, m, h or d, for example 45s or 10m.',
    ],
  },
  {
    title: 'an unknown severity',
    file: RUNBOOK,
    replace: 'severity: P0',
    by: 'severity: P9',
    said: ['chatbot/region-failover.yaml:3:11: severity must be P0, P1, P2 or P3, not "P9". Did you mean P0?'],
  },
  {
    title: 'YAML that cannot be parsed',
    file: RUNBOOK,
    replace: 'mode: [emergency, planned]',
    by: 'mode: [emergency, planned',
    said: [
      'chatbot/region-failover.yaml:5:1: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
  },
  {
    title: 'a key that stands there twice',
    file: RUNBOOK,
    replace: 'severity: P0',
    by: 'severity: P0\nseverity: P1',
    said: ['chatbot/region-failover.yaml:4:1: The key severity stands here twice.'],
  },
  {
    title: 'an anchor',
    file: RUNBOOK,
    replace: 'severity: P0',
    by: 'severity: &s P0',
    said: ['chatbot/region-failover.yaml:3:14: The anchor &s is not allowed; write the value out.'],
  },
  {
    title: 'an explanation that reads what its action does not bring',
    file: RUNBOOK,
    replace: 'explain: Promoting now would lose more than the RPO allows.',
    by: 'explain: Promoting now would lose ${{ outputs.lossSecond }} s.',
    said: ['chatbot/region-failover.yaml:51:18: outputs has no lossSecond. Did you mean outputs.lossSeconds?'],
  },
  {
    title: 'one region instead of two',
    file: SYSTEM,
    replace: 'secondary: us-west-2',
    by: 'secondary: us-east-1',
    said: ['chatbot/system.yaml:5:14: chatbot has the same region, us-east-1, as both its regions.'],
  },
  {
    title: 'a region without its entry',
    file: SYSTEM,
    replace: '    us-west-2: https://us-west-2.api.chatbot.com/ready\n',
    by: '',
    said: ['chatbot/system.yaml:49:3: endpoints.ready says nothing about us-west-2, a region of chatbot.'],
  },
  {
    title: 'a misspelt key of system.yaml',
    file: SYSTEM,
    replace: 'hostedZone:',
    by: 'hostdZone:',
    said: ['chatbot/system.yaml:28:3: hostdZone is not known here. Did you mean hostedZone?'],
  },
  {
    title: 'a secret instead of its name',
    file: SYSTEM,
    replace: 'password: CHATBOT_DATABASE_PASSWORD',
    by: 'password: hunter2',
    said: ['chatbot/system.yaml:14:13: password: name an environment variable, for example CHATBOT_PASSWORD.'],
  },
  {
    title: 'tiers in the wrong order',
    file: SYSTEM,
    replace: 'after: 15m',
    by: 'after: 0m',
    said: ['chatbot/system.yaml:62:5: Tier 2 must have a higher number, and come later, than tier 1 above it.'],
  },
  {
    title: 'a template in a config file',
    file: 'chatbot/config/dns-failover.json',
    replace: 'system.loadBalancers[params.to].host',
    by: 'system.loadBalancer[params.to].host',
    said: ['chatbot/config/dns-failover.json:10:41: system has no loadBalancer. Did you mean system.loadBalancers?'],
  },
  {
    title: 'a config file that is not JSON',
    file: 'chatbot/config/dns-failover.json',
    replace: '"Comment":',
    by: '"Comment"',
    said: [
      "chatbot/config/dns-failover.json:2:13: The file cannot be read: Expected ':' after property name in JSON at position 14.",
    ],
  },
  {
    title: 'a system that nobody may start',
    file: 'access.yaml',
    replace: 'chatbot:',
    by: 'chatbt:',
    said: [
      'access.yaml:5:1: Nobody may start, approve or command for chatbot; add it here.',
      'access.yaml:5:1: There is no system chatbt. Did you mean chatbot?',
    ],
  },
  {
    title: 'a default that cannot be resolved',
    file: RUNBOOK,
    replace: 'default: ${{ system.regions.secondary }}',
    by: 'default: ${{ system.regions.second }}',
    said: ['chatbot/region-failover.yaml:8:14: system.regions has no second. Did you mean system.regions.secondary?'],
  },
  {
    title: 'an unknown type of parameter',
    file: RUNBOOK,
    replace: 'type: region',
    by: 'type: regoin',
    said: [
      'chatbot/region-failover.yaml:7:11: type must be region, string, int, bool or duration, not "regoin". Did you mean region?',
    ],
  },
  {
    title: 'an explanation without a guard',
    file: RUNBOOK,
    replace: 'timeout: 1m\n',
    by: 'timeout: 1m\n        explain: x\n',
    said: ['chatbot/region-failover.yaml:61:9: The step fence has an explain, but no expect.'],
  },
];

describe('lint', () => {
  it('finds nothing wrong with the shipped runbooks', async () => {
    const catalogue = await loadCatalogue('runbooks');

    const problems = lintCatalogue(catalogue, actions, { homeRegion: 'eu-central-1' });

    expect(problems).toEqual([]);
    expect(Object.keys(catalogue.systems)).toContain('chatbot');
  });

  it('finds nothing wrong with the fixture in which the mistakes below are made', async () => {
    await expect(lintEdited([])).resolves.toEqual([]);
  });

  it.each(MISTAKES)('explains $title', async ({ file, replace, by, said }) => {
    const problems = await lintEdited([{ file, replace, by }]);

    expect(problems).toEqual(said);
  });

  it('refuses a system that is to be failed out of the region in which Lifeboat is at home', async () => {
    const problems = await lintEdited([], { homeRegion: 'us-east-1' });

    expect(problems).toEqual([
      'chatbot/system.yaml:4:12: chatbot is to be failed out of us-east-1, where Lifeboat itself is at home. Run Lifeboat in another region (HOME_REGION), so that it does not go down with what it rescues.',
    ]);
  });

  it('names every mistake of a file, in the order of its lines', async () => {
    const problems = await lintEdited([
      { file: RUNBOOK, replace: 'uses: k8s.restart', by: 'uses: k8s.restrt' },
      { file: RUNBOOK, replace: 'outputs.healthy == false', by: 'outputs.healty == false' },
    ]);

    expect(problems.map((problem) => problem.replace(/^\S+:(\d+):\d+: /, ''))).toEqual([
      'outputs has no healty. Did you mean outputs.healthy?',
      'There is no action k8s.restrt. Did you mean k8s.restart?',
    ]);
  });
});
