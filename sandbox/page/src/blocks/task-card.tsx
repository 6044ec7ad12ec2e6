import type { TaskCard } from './block-kit.ts';
import styles from './plan.module.css';
import { Task } from './task.tsx';

/** A task on its own, in a frame. */
export function TaskCardBlock({ block }: { block: TaskCard }) {
  return (
    <div className={styles.frame}>
      <Task task={block} startsOpen={block.status !== 'complete'} />
    </div>
  );
}
