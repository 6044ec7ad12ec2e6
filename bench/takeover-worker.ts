import { startReconciler } from '../src/engine/reconciler.ts';
import { createRunner } from '../src/engine/runner.ts';
import { createEngine } from './support/engine.ts';

/** `node bench/takeover-worker.ts <connection> <holder>`: a worker that takes up what nobody drives, until it is killed. */
const [connectionString = '', holder = ''] = process.argv.slice(2);
const { store, parts } = await createEngine(connectionString, holder);
startReconciler({ journal: store.journal, runner: createRunner(parts), logger: parts.logger });
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
