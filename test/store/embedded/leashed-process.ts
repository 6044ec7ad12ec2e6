import { join } from 'node:path';
import { initializeCluster } from '../../../src/store/embedded/cluster.ts';
import { freePort, startServer } from '../../../src/store/embedded/server.ts';

/** A process with a server on its leash: `node leashed-process.ts <folder>` writes the server's id and lives on. */
const folder = process.argv[2] ?? '';
const dataDirectory = join(folder, 'data');
await initializeCluster({ dataDirectory, superuser: 'someone', password: 'secret', durable: false });
const { pid } = await startServer({
  dataDirectory,
  port: await freePort(),
  settings: {},
  logFile: join(folder, 'log'),
  leash: true,
});
process.stdout.write(`${pid}\n`);
setInterval(() => undefined, 1000);
