import { useId, useState } from 'react';
import type { Plan, TaskCard } from './block-kit.ts';
import { Chevron } from './chevron.tsx';
import styles from './plan.module.css';
import { Task } from './task.tsx';
import { type Status, TaskStatus } from './task-status.tsx';
import { Plain } from './text.tsx';

/** Tasks that belong together. A click on the title folds them away; what failed or runs is open at first. */
export function PlanBlock({ block: { title, tasks = [] } }: { block: Plan }) {
  const status = statusOf(tasks);
  const [isOpen, setOpen] = useState(true);
  const tasksId = useId();
  const done = tasks.filter((task) => task.status === 'complete').length;
  return (
    <div className={styles.frame}>
      <button
        type="button"
        className={styles.title}
        aria-expanded={isOpen}
        aria-controls={tasksId}
        onClick={() => setOpen(!isOpen)}
      >
        <TaskStatus status={status} />
        <span className={styles.words}>
          <Plain text={title} />
        </span>
        {!isOpen && tasks.length > 0 && (
          <span className={styles.count}>
            {done} of {tasks.length}
          </span>
        )}
        <Chevron isOpen={isOpen} />
      </button>
      <ol id={tasksId} className={styles.tasks} hidden={!isOpen}>
        {tasks.map((task) => (
          <li key={task.task_id} className={styles.task}>
            <Task task={task} startsOpen={task.status === 'in_progress' || task.status === 'error'} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** A plan is as far as its tasks are: a failed one shows before a running one, and that before one that waits. */
function statusOf(tasks: TaskCard[]): Status {
  const has = (status: Status) => tasks.some((task) => (task.status ?? 'pending') === status);
  if (has('error')) return 'error';
  if (has('in_progress')) return 'in_progress';
  if (has('pending')) return has('complete') ? 'in_progress' : 'pending';
  return tasks.length > 0 ? 'complete' : 'pending';
}
