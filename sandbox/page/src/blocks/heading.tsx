import type { ReactNode } from 'react';

/** A heading in a message. The page's own end at level 2; a message's first level (1) is the page's third. */
export function Heading({
  level,
  className,
  children,
}: {
  level: number;
  className: string | undefined;
  children: ReactNode;
}) {
  const Tag = (['h3', 'h4', 'h5', 'h6'] as const)[Math.min(level, 4) - 1] ?? 'h6';
  return (
    <Tag className={className} data-level={level}>
      {children}
    </Tag>
  );
}
