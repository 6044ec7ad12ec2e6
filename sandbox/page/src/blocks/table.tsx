import type { BlockOf } from './block-kit.ts';
import { RichTextBlock } from './rich-text.tsx';
import { TableFrame } from './table-frame.tsx';
import { Plain } from './text.tsx';

type Table = BlockOf<'table'>;

/** A table whose first row is its head, as Slack takes it. */
export function TableBlock({ block: { rows, column_settings = [] } }: { block: Table }) {
  const [head = [], ...body] = rows.map((row) => row.map(content));
  const columns = column_settings.map((column) => ({ align: column?.align, isWrapped: column?.is_wrapped }));
  return <TableFrame head={head} rows={body} columns={columns} />;
}

function content(cell: Table['rows'][number][number]) {
  return cell.type === 'rich_text' ? <RichTextBlock block={cell} /> : <Plain text={cell.text} />;
}
