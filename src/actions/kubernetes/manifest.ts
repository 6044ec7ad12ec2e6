import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import type { FoundObject, Manifest } from '../../adapters/kubernetes/objects.ts';
import type { Change, ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';

/** Says on each applied object which text it was applied from. */
const DIGEST = 'lifeboat/manifest-sha256';

const Objects = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
});

/**
 * The objects of a file in `config/`, in its order, with `${{ }}` resolved. Throws InvalidInput that names the file when
 * it is no manifest, or means another namespace than the system's.
 */
export function readManifest(
  context: Pick<ObserveContext, 'readConfig' | 'resolve' | 'system'>,
  file: string,
): Manifest[] {
  const documents = parseAllDocuments(context.readConfig(file));
  const refuse = (problem: string) => new InvalidInput('kubernetes.manifest', `config/${file}: ${problem}`);
  if (!Array.isArray(documents)) throw refuse('it holds no object.');
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error) throw refuse(error.message);
  const contents = documents.map((document) => document.toJS() as unknown).filter((content) => content !== null);
  if (contents.length === 0) throw refuse('it holds no object.');
  return contents.map((content) => {
    const read = Objects.safeParse(context.resolve(content));
    if (!read.success) throw refuse(z.prettifyError(read.error));
    const { namespace } = read.data.metadata;
    const own = context.system.kubernetes.namespace;
    if (namespace !== undefined && namespace !== own) {
      throw refuse(`${keyOf(read.data)} is of the namespace ${namespace}; the system's is ${own}.`);
    }
    return marked(read.data);
  });
}

function marked(manifest: z.infer<typeof Objects>): Manifest {
  const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  const { namespace: _, ...metadata } = manifest.metadata;
  const annotations = { ...(metadata.annotations as Record<string, string> | undefined), [DIGEST]: digest };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/** `Deployment maintenance` */
export const keyOf = ({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind} ${metadata.name}`;

/** How an object of a manifest stands: `applied`: by Lifeboat, from this very text; `ours`: from another one. */
export const Standing = z.enum(['absent', 'applied', 'ours', 'present']);
export type Standing = z.infer<typeof Standing>;

/** By key. */
export const Standings = z.record(z.string(), Standing);

export interface Seen {
  manifest: Manifest;
  found: FoundObject | undefined;
  standing: Standing;
}

/** Each object of the manifest as it is in the cluster. */
export function look(cluster: Cluster, manifests: Manifest[], signal: AbortSignal): Promise<Seen[]> {
  return Promise.all(
    manifests.map(async (manifest) => {
      const found = await cluster.objects.find(manifest, signal);
      return { manifest, found, standing: standingOf(manifest, found) };
    }),
  );
}

function standingOf(manifest: Manifest, found: FoundObject | undefined): Standing {
  if (!found) return 'absent';
  if (!found.isOurs) return 'present';
  return found.annotations[DIGEST] === manifest.metadata.annotations?.[DIGEST] ? 'applied' : 'ours';
}

export const standingsOf = (seen: Seen[]): z.infer<typeof Standings> =>
  Object.fromEntries(seen.map(({ manifest, standing }) => [keyOf(manifest), standing]));

const WORDS: Record<Standing, string> = {
  absent: 'absent',
  applied: 'there, as the file says',
  ours: 'there, from another text',
  present: "there, and not Lifeboat's",
};

/** What comes of an object; undefined when it is so already. */
export function applyChange(region: string, key: string, standing: Standing | undefined): Change | undefined {
  if (standing === 'applied') return undefined;
  const before = standing === undefined ? 'not reachable now' : WORDS[standing];
  return { what: `${key} in ${region}`, before, after: WORDS.applied };
}

/** What comes of an object that is to go; undefined when it is gone, or is not Lifeboat's to delete. */
export function removeChange(region: string, key: string, standing: Standing | undefined): Change | undefined {
  if (standing === 'absent' || standing === 'present') return undefined;
  const before = standing === undefined ? 'not reachable now' : WORDS[standing];
  return { what: `${key} in ${region}`, before, after: WORDS.absent };
}
