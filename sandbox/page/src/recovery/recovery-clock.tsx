export function RecoveryClock() {
  return null;
}
