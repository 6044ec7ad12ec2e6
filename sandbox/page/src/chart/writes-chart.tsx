export function WritesChart() {
  return null;
}
