import type { Block } from '../../../slack/state.ts';
import { ActionsBlock } from './actions.tsx';
import { AlertBlock } from './alert.tsx';
import type { KnownBlock } from './block-kit.ts';
import { CannotBeShown } from './cannot-be-shown.tsx';
import { ContextBlock } from './context.tsx';
import { DividerBlock } from './divider.tsx';
import { HeaderBlock } from './header.tsx';
import { ImageBlock } from './image.tsx';
import { InputBlock } from './input.tsx';
import { MarkdownBlock } from './markdown.tsx';
import { PlanBlock } from './plan.tsx';
import { RichTextBlock } from './rich-text.tsx';
import { SectionBlock } from './section.tsx';
import { TableBlock } from './table.tsx';
import { TaskCardBlock } from './task-card.tsx';

/** One block, by its type. */
export function AnyBlock({ block }: { block: Block }) {
  // What Slack refuses never comes here, and what does so all the same is caught around each block.
  const known = block as unknown as KnownBlock;
  switch (known.type) {
    case 'section':
      return <SectionBlock block={known} />;
    case 'header':
      return <HeaderBlock block={known} />;
    case 'context':
      return <ContextBlock block={known} />;
    case 'actions':
      return <ActionsBlock block={known} />;
    case 'divider':
      return <DividerBlock />;
    case 'image':
      return <ImageBlock block={known} />;
    case 'rich_text':
      return <RichTextBlock block={known} />;
    case 'table':
      return <TableBlock block={known} />;
    case 'plan':
      return <PlanBlock block={known} />;
    case 'task_card':
      return <TaskCardBlock block={known} />;
    case 'markdown':
      return <MarkdownBlock block={known} />;
    case 'input':
      return <InputBlock block={known} />;
    case 'alert':
      return <AlertBlock block={known} />;
    default:
      return <CannotBeShown block={block} />;
  }
}
