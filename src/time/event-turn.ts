/**
 * Calls `action` when the event loop has come round `count` times.
 *
 * Each round takes in what the system has ready: answers that arrived while the
 * loop was blocked are delivered before the action runs.
 */
export function afterTurns(count: number, action: () => void): void {
  if (count <= 0) action();
  else setImmediate(afterTurns, count - 1, action);
}

/** Resolves when the event loop has come round once: lets others have their turn in long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Keeps the process alive, for a wait that somebody counts on, until the returned function is called. */
export function stayAlive(): () => void {
  const timer = setInterval(() => {}, 2 ** 30);
  return () => clearInterval(timer);
}
