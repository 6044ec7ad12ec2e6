import { useMemo } from 'react';
import type { ToolCommand } from '../../../control/wire.ts';
import { useSnapshot } from '../store.ts';
import { CopyButton } from './copy-button.tsx';
import styles from './tools.module.css';

/** Commands to paste into a terminal, to look at the world with one's own tools. */
export function Tools() {
  const tools = useSnapshot((snapshot) => snapshot.tools);
  const groups = useMemo(() => byTool(tools), [tools]);
  if (groups.length === 0) return <p className={styles.note}>There are no commands for this world.</p>;
  return (
    <div className={styles.tools}>
      <p className={styles.note}>
        Paste these into a terminal, in the folder where the sandbox was started. They talk to the simulated world, and
        to nothing else.
      </p>
      {groups.map(([tool, commands]) => (
        <section key={tool} aria-labelledby={`tool-${tool}`}>
          <h3 id={`tool-${tool}`} className={styles.tool}>
            {tool}
          </h3>
          <ul className={styles.commands}>
            {commands.map(({ title, command }) => (
              <li key={command} className={styles.entry}>
                <span className={styles.what}>{title}</span>
                <code className={styles.command}>{command}</code>
                <CopyButton text={command} what={`: ${title}`} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** In the order in which each tool first appears. */
function byTool(tools: ToolCommand[]): [ToolCommand['tool'], ToolCommand[]][] {
  const groups = new Map<ToolCommand['tool'], ToolCommand[]>();
  for (const command of tools) groups.set(command.tool, [...(groups.get(command.tool) ?? []), command]);
  return [...groups];
}
