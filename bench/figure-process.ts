import { FIGURES } from './figure.ts';

/** `node bench/figure-process.ts <figure> [--quick]`, started by the runner: tells it the rows and ends. */
const [name = '', ...flags] = process.argv.slice(2);
const load = FIGURES[name];
if (!load) throw new Error(`There is no figure ${name}. There are: ${Object.keys(FIGURES).join(', ')}.`);
const figure = await load();
const rows = await figure({ quick: flags.includes('--quick') });
if (process.send) process.send(rows, () => process.exit(0));
else console.table(rows);
