import type { UseCases } from '../../../src/usecases/index.ts';

/** What somebody types, and what the use cases answer. */
export interface Scene {
  id: string;
  title: string;
  now: string;
  /** As it is typed, without `/dr`. */
  typed: string;
  by?: string;
  with?: Partial<UseCases>;
}
