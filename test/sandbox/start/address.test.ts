import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Control } from '../../../sandbox/control/server.ts';
import { listenOnAddress, port } from '../../../sandbox/start/address.ts';
import { freePort } from '../../../src/store/embedded/server.ts';
import { type Playground, startPlayground } from '../control/world.ts';

let playground: Playground;
let folder: string;
let said: string[];
let ends: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifeboat-address-'));
  await writeFile(join(folder, 'index.html'), '<title>the page</title>');
  playground = await startPlayground();
  said = [];
  ends = [() => playground.close(), () => rm(folder, { recursive: true })];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

/** Starts the page and ends it again; where it was. */
async function portOf(port?: number): Promise<number> {
  const control: Control = await listenOnAddress(playground.stage, {
    port,
    page: folder,
    file: join(folder, 'page-port'),
    say: (sentence) => said.push(sentence),
  });
  const answer = await fetch(`${control.url}/`);
  await control.close();
  expect(await answer.text()).toContain('the page');
  return Number(new URL(control.url).port);
}

/** Somebody else listens there until the test ends. */
async function take(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
}

describe('the address of the page', () => {
  it('is that of the last start, whether or not a port is asked for again', async () => {
    const first = await portOf(0);

    const later = [await portOf(), await portOf(0)];

    expect(later).toEqual([first, first]);
    expect(said).toEqual([]);
  });

  it('is the port that was asked for, which is then remembered', async () => {
    const [first, other] = [await portOf(0), await freePort()];

    const asked = await portOf(other);

    expect(first).not.toBe(other);
    expect([asked, await portOf()]).toEqual([other, other]);
  });

  it('is another one where somebody else listens, and that is said', async () => {
    const first = await portOf(0);
    await take(first);

    const next = await portOf(0);

    expect(next).not.toBe(first);
    expect(said).toEqual([`Port ${first} is taken; the page gets another one.`]);
    expect(await readFile(join(folder, 'page-port'), 'utf8')).toBe(`${next}\n`);
  });

  it.each(['', 'nonsense', '0', '70000'])('forgets what is no port: %j', async (text) => {
    await writeFile(join(folder, 'page-port'), text);

    expect(await portOf(0)).toBeGreaterThan(0);
    expect(said).toEqual([]);
  });
});

describe('the value of --port', () => {
  it.each(['0', '1', '4280', '65535'])('may be %s', (text) => {
    expect(port(text)).toBe(Number(text));
  });

  it.each(['65536', '99999999999999999999', '-1', '80.5', '0x50', '', 'http'])('may not be "%s"', (text) => {
    expect(() => port(text)).toThrow('Write a port from 1 to 65535, for example 4280, or 0 for any that is free.');
  });
});
