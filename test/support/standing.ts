import type { Standing } from '../../src/actions/rds/primary/standing.ts';

/** A healthy Multi-AZ primary, as RDS describes it. */
export const STANDING: Standing = {
  form: 'multi-az',
  region: 'us-east-1',
  instance: 'chatbot-prod',
  cluster: '',
  target: '',
  status: 'available',
  endpoint: 'chatbot-prod.example',
  port: 5432,
  zone: 'us-east-1a',
  replicas: [],
  instanceClass: 'db.r6g.xlarge',
  sentence: '',
};
