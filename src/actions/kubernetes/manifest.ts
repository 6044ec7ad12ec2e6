import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import type { FoundObject, Manifest } from '../../adapters/kubernetes/objects.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import type { Change, Done, ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';

/** Says on each applied object which text it was applied from. */
const DIGEST = 'lifeboat/manifest-sha256';

const Objects = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
});

/** What a file of the system is read with. */
type Reader = Pick<ObserveContext, 'readConfig' | 'resolve' | 'system'>;

/**
 * The objects of a file in `config/`, in its order, with `${{ }}` resolved. Throws InvalidInput that names the file when
 * it is no manifest, or means another namespace than the system's.
 */
export function readManifest(context: Reader, file: string): Manifest[] {
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
const Standing = z.enum(['absent', 'applied', 'ours', 'present']);
type Standing = z.infer<typeof Standing>;

/** By key. */
const Standings = z.record(z.string(), Standing);
export type Standings = z.infer<typeof Standings>;

/** What a step with a manifest is given. */
export const ManifestInput = z.strictObject({ region: Region, manifest: z.string().min(1) });
type ManifestInput = z.infer<typeof ManifestInput>;

export const ManifestOutput = z.object({
  objects: z.array(z.string()),
  /** How each object stood that this attempt changed; what an earlier one changed stands in the plan. */
  before: Standings,
});

export const MANIFEST_EXAMPLE = {
  title: 'The maintenance page',
  with: { region: 'us-east-1', manifest: 'maintenance-mode.yaml' },
};

interface Seen {
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

/** How each object of a file stands in a region, for people and for the plan. */
export async function observeManifest(
  clients: Clients,
  context: ObserveContext,
  { region, manifest }: ManifestInput,
): Promise<{ objects: Standings }> {
  const cluster = clusterOf(clients, context.system, region);
  const seen = await look(cluster, readManifest(context, manifest), context.signal);
  return { objects: Object.fromEntries(seen.map((one) => [keyOf(one.manifest), one.standing])) };
}

/** The objects of a file that stood in one of these ways before a step, as the file has them now. */
export function thoseThatWere(standings: Standing[], context: Reader, file: string, done: Done): Manifest[] {
  const before = whatWasBefore(done, Standings, { subject: `the objects of ${file}`, seen: ({ objects }) => objects });
  return readManifest(context, file).filter((manifest) => {
    const standing = before[keyOf(manifest)];
    return standing !== undefined && standings.includes(standing);
  });
}

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

/** What comes of these objects by `applyChange` or `removeChange`; `standings` undefined: they were not reachable. */
export function changesOf(
  changeOf: typeof applyChange,
  region: string,
  manifests: Manifest[],
  standings: Standings | undefined,
): Change[] {
  return manifests
    .map((manifest) => changeOf(region, keyOf(manifest), standings?.[keyOf(manifest)]))
    .filter((change) => change !== undefined);
}
