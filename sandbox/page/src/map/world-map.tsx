export function WorldMap() {
  return null;
}
