import type { ReactNode } from 'react';
import styles from './table-frame.module.css';

interface TableFrameProps {
  head: ReactNode[];
  rows: ReactNode[][];
  /** Left aligned and not wrapped where nothing is said. */
  columns: { align?: 'left' | 'center' | 'right' | undefined; isWrapped?: boolean | undefined }[];
}

/** A table with its head. A wide one is scrolled sideways. */
export function TableFrame({ head, rows, columns }: TableFrameProps) {
  const align = (column: number) => columns[column]?.align;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached with the keyboard.
    <section className={styles.frame} aria-label="Table" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {head.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place.
              <th key={column} scope="col" data-align={align(column)}>
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place.
                <td key={column} data-align={align(column)} data-wrapped={columns[column]?.isWrapped || undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
