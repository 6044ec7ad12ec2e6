/**
 * The way out when what was restored is of no use: the recovery point of a run is chosen once, so an older one takes
 * another run. Two sentences, of which the first ends with the command.
 */
export function anotherPoint({ systemName }: { systemName: string }): string {
  return `Another recovery point takes another run: \`/dr abort\`, then \`/dr run ${systemName}/database-corruption before=…\`. Instead of … write a time in UTC at which the data was right, such as 2026-11-21T09:30:00Z.`;
}
