import { closeSync, type FSWatcher, openSync, utimesSync, watch } from 'node:fs';

/**
 * Rings the bell at `path`: whoever watches the file is told at once. What goes
 * wrong is passed over, for all who listen look by themselves before long.
 */
export function ring(path: string, now: number): void {
  try {
    utimesSync(path, now / 1_000, now / 1_000);
  } catch {
    // Somebody took the file away, and the listeners have it made again.
  }
}

/** A file that is touched when there is news: what it holds is of no account. */
export class Bell {
  readonly #path: string;
  readonly #onRing: () => void;
  #watcher: FSWatcher | undefined;

  constructor(path: string, onRing: () => void) {
    this.#path = path;
    this.#onRing = onRing;
  }

  /** Whether its ringing is heard. Where the system has no watches left, it is not. */
  get isHeard(): boolean {
    return this.#watcher !== undefined;
  }

  /** Listens for it, unless that is done already; the file is made where there is none. */
  listen(): void {
    if (this.#watcher) return;
    try {
      closeSync(openSync(this.#path, 'a', 0o600));
      this.#watcher = watch(this.#path, { persistent: false }, (event) => {
        // Moved or deleted: another file is to be listened to.
        if (event === 'rename') this.close();
        this.#onRing();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      this.close();
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
