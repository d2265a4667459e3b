"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/**
 * A submit during a check waits for the check's answer, so that `r` followed at once by Mod+Enter works. It is dropped
 * when the answer says that the world would be changed: nobody may submit that without having seen it. `drop` forgets a
 * waiting submit.
 */
export function useQueuedSubmit(
  state: { isChecking: boolean; isAllowed: boolean; isMutating: boolean },
  send: () => void,
): { submit: () => void; drop: () => void; isQueued: boolean } {
  const [isQueued, setQueued] = useState(false);
  const { isChecking } = state;
  const latest = useRef({ ...state, send });
  useEffect(() => {
    latest.current = { ...state, send };
  });
  useEffect(() => {
    if (!isQueued || isChecking) return;
    const timer = setTimeout(() => {
      setQueued(false);
      const now = latest.current;
      if (now.isAllowed && !now.isMutating) now.send();
    });
    return () => clearTimeout(timer);
  }, [isQueued, isChecking]);
  const drop = useCallback(() => setQueued(false), []);
  return { submit: () => (isChecking ? setQueued(state.isAllowed) : send()), drop, isQueued };
}
