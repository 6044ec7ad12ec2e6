import { createHash } from 'node:crypto';
import type { System } from '../../../src/domain/system.ts';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import { createDumpObjects, nightlyDumps } from './nightly-dumps.ts';
import type { BucketState, S3State, StoredObject } from './state.ts';

/** An object as it is served. */
export interface FoundObject extends Omit<StoredObject, 'content'> {
  key: string;
  content: Buffer;
  /** With its quotes. */
  entityTag: string;
}

/** The buckets that a system names: its nightly dumps, and the object that traffic hangs on. */
export function createBuckets(system: System): S3State {
  const { backups, trafficObject, database } = system;
  const buckets: S3State['buckets'] = {};
  if (trafficObject) {
    // Health checkers of Route 53 sign nothing.
    buckets[trafficObject.bucket] = { region: trafficObject.region, publicRead: true, objects: {} };
  }
  if (backups) {
    const owner = database.applicationUsers[0] ?? database.user;
    const dumps = { prefix: backups.prefix, database: database.name, owner };
    buckets[backups.bucket] = { region: backups.region, objects: {}, dumps };
  }
  return { buckets };
}

/** Objects of all buckets, made once where nobody put them. */
export class Objects {
  readonly #world: World;
  readonly #dumpObject: ReturnType<typeof createDumpObjects>;
  readonly #found = new WeakMap<StoredObject, FoundObject>();

  constructor(world: World) {
    this.#world = world;
    this.#dumpObject = createDumpObjects(world);
  }

  /** The bucket of this name; throws NoSuchBucket. */
  bucket(name: string): BucketState {
    const found = lookUp(this.#world.state.s3?.buckets ?? {}, name);
    if (!found) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return found;
  }

  /** All keys of a bucket in the order in which S3 lists them: by their UTF-8 bytes. */
  keys(bucket: BucketState): string[] {
    const dumps = nightlyDumps(this.#world, bucket).map(({ key }) => key);
    const keys = new Set([...Object.keys(bucket.objects), ...dumps]);
    return [...keys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  }

  find(bucket: BucketState, key: string): FoundObject | undefined {
    const put = lookUp(bucket.objects, key);
    if (put) return this.#served(key, put);
    const dumps = nightlyDumps(this.#world, bucket);
    const dump = dumps.find((other) => other.key === key);
    if (!dump || !bucket.dumps) return undefined;
    return this.#served(key, this.#dumpObject(dump, bucket.dumps.owner, dump === dumps.at(-1)));
  }

  /** Also hides a nightly dump of this key. */
  remove(bucket: BucketState, key: string): void {
    delete bucket.objects[key];
    if (bucket.dumps && key.startsWith(bucket.dumps.prefix)) {
      bucket.removed = [...new Set([...(bucket.removed ?? []), key])];
    }
  }

  #served(key: string, stored: StoredObject): FoundObject {
    const known = this.#found.get(stored);
    if (known) return known;
    const content = Buffer.from(stored.content, 'base64');
    const entityTag = `"${createHash('md5').update(content).digest('hex')}"`;
    const found = { ...stored, key, content, entityTag };
    this.#found.set(stored, found);
    return found;
  }
}
