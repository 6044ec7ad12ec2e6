import { useState } from 'react';
import { Refusal } from './api.ts';

/** One thing that a person may ask of the sandbox: whether an answer is awaited, and why the last one was a refusal. */
export function useRequest() {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  /** Resolves to true when it was done; a refusal is kept as the sandbox's own sentence. */
  const ask = async (request: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await request();
      return true;
    } catch (error) {
      setRefusal(error instanceof Refusal ? error.message : `This did not work: ${String(error)}`);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, refusal, ask, forget: () => setRefusal(undefined) };
}
