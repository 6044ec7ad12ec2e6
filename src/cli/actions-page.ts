import { stringify } from 'yaml';
import type { Action } from '../domain/action.ts';
import { permissionWords } from '../domain/permissions.ts';

const EFFECTS: Record<Action['effect'], string> = {
  read: 'reads only',
  reversible: 'changes something that can be changed back',
  irreversible: 'changes something that cannot be taken back',
};

/** `docs/actions.md`, made from what the actions say of themselves: summary, effect, example, repeat, undo, permissions. */
export function actionsPage(actions: ReadonlyMap<string, Action>): string {
  const sorted = [...actions.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const entries = sorted.map((action) => {
    const { id, summary, effect, repeat, permissions, examples } = action;
    const needed = permissionWords(permissions);
    const steps = examples.map(({ title, with: input }) => ({
      id: id.split('.')[1] ?? id,
      title,
      uses: id,
      ...(Object.keys(input).length > 0 ? { with: input } : {}),
    }));
    return [
      `## \`${id}\``,
      `${summary}. It ${EFFECTS[effect]}.`,
      `\`\`\`yaml\n${stringify(steps, { lineWidth: 0 }).trimEnd()}\n\`\`\``,
      `*Late or repeated:* ${repeat}`,
      ...undoLine(action),
      needed.length > 0 ? `*Needs:* ${needed.map((permission) => `\`${permission}\``).join(', ')}` : '*Needs:* nothing',
    ].join('\n\n');
  });
  const intro =
    'Made by `npx lifeboat actions` from what each action says of itself; a test keeps it current. Inputs are completed by your editor and checked by `npx lifeboat lint`.';
  return `# Actions\n\n${intro}\n\n${entries.join('\n\n')}\n`;
}

/** Nothing of what only reads. */
function undoLine({ undo, withoutUndo }: Action): string[] {
  if (undo) return [`*Undo:* \`/dr undo\` plans it. Late or repeated: ${undo.repeat}`];
  return withoutUndo === undefined ? [] : [`*Undo:* none; ${withoutUndo}.`];
}
