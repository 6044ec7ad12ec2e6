import { z } from 'zod';
import { validateBlocks } from '../blocks/validate.ts';
import type { Block, MessageMetadata } from '../state.ts';
import { Refusal, refuseFields, structure } from './method.ts';

const LONGEST_TEXT = 40_000;

/** The arguments that say what a message is. */
export const content = {
  text: z.string().optional(),
  blocks: structure.optional(),
  attachments: structure.optional(),
  metadata: structure.optional(),
};

const Metadata = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});

/** Accepted blocks, with identifiers; `undefined` when none were sent. */
export function readBlocks(blocks: unknown): Block[] | undefined {
  if (blocks === undefined || blocks === null || blocks === '') return undefined;
  const verdict = validateBlocks(blocks, 'message');
  if (!verdict.ok) throw refuseFields(verdict.error, verdict.problems);
  return verdict.blocks;
}

/** Accepted metadata; `null` for the empty object, which removes what was there. */
export function readMetadata(metadata: unknown): MessageMetadata | null | undefined {
  if (metadata === undefined) return undefined;
  if (typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length === 0) return null;
  const parsed = Metadata.safeParse(metadata);
  if (!parsed.success) throw new Refusal('invalid_metadata_format');
  return parsed.data;
}

/** Slack cuts what is longer than 40,000 characters, and says nothing. */
export function readText(text: string | undefined): string {
  return (text ?? '').slice(0, LONGEST_TEXT);
}
