import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { callLines, loadSavedWorld, type SavedWorld, writeSavedWorld } from '../../../sandbox/saved/saved-world.ts';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import { system } from '../control/world.ts';

const NOW = Date.UTC(2026, 10, 23, 2, 0);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeboat-saved-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function savedWorld(): SavedWorld {
  const databasePorts = { [system.database.primary.instance]: 1, [system.database.replica.instance]: 2 };
  return {
    version: 1,
    systemName: 'chatbot',
    now: NOW,
    speed: 10,
    state: createWorldState({ system, systemName: 'chatbot', seed: 7, now: NOW, databasePorts }),
    passwords: { lifeboat: 'a', application: 'b', superuser: 'c', replication: 'd' },
    routingKeys: { PAGERDUTY_SRE: 'e' },
    authority: { certificate: 'f', key: 'g' },
    ports: { slack: 3 },
  };
}

describe('a saved world', () => {
  it('is read back as it was, for its owner alone', async () => {
    const saved = savedWorld();

    await writeSavedWorld(directory, saved);

    expect((await loadSavedWorld(directory))?.saved).toEqual(saved);
    expect((await stat(join(directory, 'world.json'))).mode & 0o077).toBe(0);
  });

  it('is absent where nothing was saved', async () => {
    expect(await loadSavedWorld(directory)).toBeUndefined();
  });

  it('never goes back in time: what happened after the last save counts', async () => {
    await writeSavedWorld(directory, savedWorld());
    const calls = callLines(directory);
    calls.append([
      {
        at: NOW + 60_000,
        latency: 500,
        service: 'rds',
        operation: 'DescribeDBInstances',
        resource: 'x',
        mutating: false,
        status: 200,
      },
    ]);
    await calls.close();

    const loaded = await loadSavedWorld(directory);

    expect(loaded?.saved.now).toBe(NOW + 60_500);
    expect(loaded?.saved.state.calls).toHaveLength(1);
  });

  it('forgets the oldest writes beyond 200,000', async () => {
    await writeSavedWorld(directory, savedWorld());
    const line = (number: number) => `${JSON.stringify({ number, at: NOW + number, acknowledged: true })}\n`;
    const text = Array.from({ length: 200_003 }, (_, index) => line(index + 1)).join('');
    await writeFile(join(directory, 'writes.jsonl'), text);

    const loaded = await loadSavedWorld(directory);

    expect(loaded?.outcomes).toHaveLength(200_000);
    expect(loaded?.outcomes[0]?.number).toBe(4);
    expect(loaded?.saved.now).toBe(NOW + 200_003);
    expect((await readFile(join(directory, 'writes.jsonl'), 'utf8')).startsWith(line(4))).toBe(true);
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, 100)],
    ['of another version', (text: string) => text.replace('"version":1', '"version":99')],
    ['something else', () => '[]'],
  ])('is refused in a sentence when it is %s, and stays where it is', async (_how, damage) => {
    await writeSavedWorld(directory, savedWorld());
    const file = join(directory, 'world.json');
    const damaged = damage(await readFile(file, 'utf8'));
    await writeFile(file, damaged);

    const loading = loadSavedWorld(directory);

    await expect(loading).rejects.toThrow(/cannot be read. npm start -- --new begins a new one\.$/);
    expect(await readFile(file, 'utf8')).toBe(damaged);
  });

  it('is found although a write of its successor was cut short', async () => {
    await writeSavedWorld(directory, savedWorld());
    await appendFile(join(directory, 'world.json.new'), '{"version"');

    expect((await loadSavedWorld(directory))?.saved.now).toBe(NOW);
  });
});
