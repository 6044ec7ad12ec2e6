import { expect, it } from '@jest/globals';
import { brokenLines } from '../../../sandbox/start/broken.ts';
import { loadCatalogue } from '../../../src/catalogue/load.ts';
import { withEdited } from '../../runbooks/support.ts';

it('whoever starts is told of each mistake, and that Lifeboat has to be restarted once it is mended', async () => {
  const edit = { file: 'chatbot/region-failover.yaml', replace: 'uses: k8s.restart', by: 'uses: k8s.restrt' };

  const lines = await withEdited([edit], async (directory) => brokenLines(await loadCatalogue(directory)));

  expect(lines).toEqual([
    'Not everything in the runbooks can be used:',
    expect.stringMatching(
      /region-failover\.yaml:\d+:\d+: There is no action k8s\.restrt\. Did you mean k8s\.restart\?$/,
    ),
    expect.stringContaining('then restart Lifeboat'),
  ]);
});

it('nothing is said of runbooks without mistakes', async () => {
  expect(brokenLines(await loadCatalogue('runbooks'))).toEqual([]);
});
