import { Worker } from 'node:worker_threads';
import { runnable } from './runnable.ts';
import { ThreadGate } from './thread-gate.ts';
import type { FromWriter, ToWriter, WriterFailure, WriterStart } from './thread-messages.ts';

/** The end of the process waits so long for the batch that is being written. */
const EXIT_PATIENCE_MS = 200;

/** What a link tells its owner. */
export interface LinkObserver {
  readonly onMessage: (message: FromWriter) => void;
  /** The thread could not start, or came to an end that nobody asked for. */
  readonly onLost: (failure: WriterFailure) => void;
}

/** One life of the writer's thread, seen from the thread that has it write. */
export class WriterLink {
  readonly #worker: Worker;
  readonly #gate: ThreadGate = new ThreadGate();
  /** When the process ends, its threads are ended wherever they are. */
  readonly #shutGate = (): void => this.#gate.shut(EXIT_PATIENCE_MS);

  /** @param script the source of the thread, a module that calls `serveWrites`. */
  constructor(script: URL, start: Omit<WriterStart, 'gate'>, { onMessage, onLost }: LinkObserver) {
    const workerData: WriterStart = { ...start, gate: this.#gate.state };
    this.#worker = new Worker(runnable(script), { workerData, name: 'tiercel-lmdb' });
    this.#worker.on('message', onMessage);
    this.#worker.on('error', ({ message }) => onLost({ message, code: undefined }));
    this.#worker.on('exit', () => onLost({ message: 'its thread ended', code: undefined }));
    // Listening to its messages holds the process, so it is let go afterwards.
    this.#worker.unref();
    this.#worker.once('exit', () => process.off('exit', this.#shutGate));
    process.on('exit', this.#shutGate);
  }

  /** @param transfer buffers that the thread gets for its own. */
  tell(message: ToWriter, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Whether the process stays alive for the thread's answers. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#worker.ref();
    else this.#worker.unref();
  }

  /**
   * Has the thread flush the file and end, when it can; its owner hears no more of it.
   * It is not forced to: lmdb-js may end the process where a thread is ended.
   *
   * @returns whether it ended in order.
   */
  end(): Promise<boolean> {
    this.#worker.removeAllListeners('message');
    this.#worker.removeAllListeners('error');
    this.#worker.removeAllListeners('exit');
    return new Promise((resolve) => {
      this.#worker.once('error', () => resolve(false));
      this.#worker.once('exit', (code) => {
        process.off('exit', this.#shutGate);
        resolve(code === 0);
      });
      this.tell({ kind: 'close' });
    });
  }
}
