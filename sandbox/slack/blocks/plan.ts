import { z } from 'zod';
import { richTextBlock } from './rich-text.ts';
import { blockId, bounded, httpUrl } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/task-card-block (changelog of 2026-02-11) */
export const taskCardBlock = z.strictObject({
  type: z.literal('task_card'),
  ...blockId,
  task_id: bounded(255),
  title: bounded(255),
  /** Slack draws a task without it as pending. */
  status: z.enum(['pending', 'in_progress', 'complete', 'error']).optional(),
  details: richTextBlock.optional(),
  output: richTextBlock.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: httpUrl(3000), text: bounded(255) })).optional(),
});

/** Messages only: https://docs.slack.dev/reference/block-kit/blocks/plan-block */
export const planBlock = z.strictObject({
  type: z.literal('plan'),
  ...blockId,
  title: bounded(255),
  tasks: z
    .array(taskCardBlock)
    .max(50)
    .superRefine((tasks, context) => {
      const seen = new Set<string>();
      for (const [index, { task_id }] of tasks.entries()) {
        if (seen.has(task_id)) {
          context.addIssue({ code: 'custom', path: [index, 'task_id'], message: `duplicate task_id: ${task_id}` });
        }
        seen.add(task_id);
      }
    })
    .optional(),
});
