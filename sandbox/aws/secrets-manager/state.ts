/** Secrets Manager's secrets, by region and name. */
export type SecretsState = Record<string, Record<string, StoredSecret>>;

export interface StoredSecret {
  arn: string;
  name: string;
  description?: string;
  /** Region that it takes its values from; absent: it is no replica. */
  replicaOf?: string;
  /** World time, epoch milliseconds; so are the others. */
  createdAt: number;
  changedAt: number;
  /** By id, oldest first. */
  versions: Record<string, SecretVersion>;
}

export interface SecretVersion {
  createdAt: number;
  /** In the clear; binary ones as base64. */
  value: { text: string } | { binary: string };
  /** Staging labels: AWSCURRENT, AWSPREVIOUS and such as clients name. A label is on one version at most. */
  stages: string[];
}
