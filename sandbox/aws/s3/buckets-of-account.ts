import { renderXml, timestamp } from '../xml.ts';
import { NAMESPACE, type S3Operation } from './operation.ts';

export const listBuckets: S3Operation = {
  name: 'ListBuckets',
  mutating: false,
  method: 'GET',
  of: 'service',
  answer({ world }) {
    const buckets = Object.entries(world.state.s3?.buckets ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
    const owner = { DisplayName: 'lifeboat', ID: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' };
    return {
      headers: { 'content-type': 'application/xml' },
      body: renderXml('ListAllMyBucketsResult', NAMESPACE, {
        Owner: owner,
        Buckets: {
          Bucket: buckets.map(([Name, { region }]) => ({
            Name,
            CreationDate: timestamp(world.state.startedAt - 365 * 86_400_000),
            BucketRegion: region,
          })),
        },
      }),
    };
  },
};

export const headBucket: S3Operation = {
  name: 'HeadBucket',
  mutating: false,
  method: 'HEAD',
  of: 'bucket',
  answer({ objects, bucket }) {
    return { headers: { 'x-amz-bucket-region': objects.bucket(bucket).region } };
  },
};
