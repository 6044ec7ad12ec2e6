import { prepareTemplate } from './migrated-template.ts';
import { announceTestServer, startTestServer, type TestServer } from './postgres.ts';

declare global {
  var lifeboatTestServer: TestServer | undefined;
}

export default async function setup(): Promise<void> {
  globalThis.lifeboatTestServer = await startTestServer(prepareTemplate);
  announceTestServer(globalThis.lifeboatTestServer);
}
