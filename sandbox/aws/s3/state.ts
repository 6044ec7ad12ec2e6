/** Object storage of the account: what was put there. The nightly dumps come by themselves (nightly-dumps.ts). */
export interface S3State {
  buckets: Record<string, BucketState>;
}

export interface BucketState {
  region: string;
  /** What its policy lets everybody read without a signature; absent: nothing. */
  publicRead?: boolean;
  /** By key. */
  objects: Record<string, StoredObject>;
  /** Nightly dumps of a database are written under this prefix; `owner` is the role that its tables belong to. */
  dumps?: { prefix: string; database: string; owner: string };
  /** Keys of nightly dumps that somebody has deleted or replaced. */
  removed?: string[];
}

export interface StoredObject {
  /** Base64. */
  content: string;
  contentType: string;
  /** World time, epoch milliseconds. */
  modifiedAt: number;
  /** As it was given or checked at the upload: base64, by algorithm in lower case (`sha256`). */
  checksums: Record<string, string>;
  /** `x-amz-meta-…`, without that beginning. */
  metadata: Record<string, string>;
}
