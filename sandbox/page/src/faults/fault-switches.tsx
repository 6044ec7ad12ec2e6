export function FaultSwitches() {
  return null;
}
