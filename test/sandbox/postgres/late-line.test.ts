import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitAtStream } from '../../../sandbox/postgres/late-line.ts';

/** One message of PostgreSQL's protocol. */
function message(type: string, body: string): Buffer {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, Buffer.from(body)]);
}

const signingIn = Buffer.concat([message('R', 'WWWW'), message('I', ''), message('Z', 'I'), message('W', '\0\0\0')]);
const changes = Buffer.concat([message('d', 'W first'), message('W', 'second')]);

it('tells signing in from changes, wherever the network cuts the bytes', () => {
  const bytes = Buffer.concat([signingIn, changes]);

  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 })), (cuts) => {
      const prompt: Buffer[] = [];
      const late: Buffer[] = [];
      const receive = splitAtStream((part, change) => (change ? late : prompt).push(part));

      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      for (const [index, edge] of edges.entries()) receive(bytes.subarray(edges[index - 1] ?? 0, edge));

      expect(Buffer.concat(prompt)).toEqual(signingIn);
      expect(Buffer.concat(late)).toEqual(changes);
    }),
  );
});
