import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { ConfigError } from '../errors.ts';
import { type DataFileState, inspect, stampOf } from './data-file.ts';
import { isAlive, processMark } from './process-mark.ts';
import { MAX_READERS } from './store.ts';

/** The name of a file that belongs to one process: of which store, its role, and the mark of the process. */
const OF_A_PROCESS = /^(.+)[.](open|draft)-(\d+-\d+)-\d+$/;

/** LMDB's lock file has 64 bytes a reader, after a head of less than a page. */
const LOCK_FILE_BYTES = 4_096 + 64 * MAX_READERS;

/**
 * The folder a store lives in, and who of this host has it open.
 *
 * Several stores may live in one folder, each by a name of its own. A name tells
 * the form of what is kept, too: a later version with another form has a file of
 * its own, and both run side by side during an upgrade. Of a store `entries-1`
 * there are:
 *
 * - `entries-1.mdb`, `entries-1.mdb-lock`: LMDB's own
 * - `entries-1.closed`: the data file's stamp when it was last closed in order
 * - `entries-1.open-<process>-<n>`: one for each tier that has it open
 * - `entries-1.draft-<process>-<n>`: a file in the making
 * - `entries-1.opening`: held by the process that decides whether the file can be trusted
 * - `*.quarantined-<time>`: data files that could not; nothing deletes them
 *
 * The lock file is never opened here: closing it would take away the locks that
 * LMDB holds for this process (POSIX locks belong to the process, not to the descriptor).
 */
export class StoreFolder {
  readonly path: string;
  readonly #name: string;
  readonly dataPath: string;
  readonly #lockPath: string;
  readonly #openingPath: string;
  readonly #closedPath: string;
  readonly #mark: string = processMark(process.pid) ?? `${process.pid}-0`;
  #presencePath: string | undefined;

  /** @throws ConfigError when the folder cannot be made or written to. */
  constructor(path: string, name: string) {
    this.path = path;
    this.#name = name;
    this.dataPath = join(path, `${name}.mdb`);
    this.#lockPath = `${this.dataPath}-lock`;
    this.#openingPath = join(path, `${name}.opening`);
    this.#closedPath = join(path, `${name}.closed`);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw new ConfigError(`"${path}" cannot hold a store; give \`path\` a folder that this process may write to`, { cause });
    }
  }

  /**
   * Enters the part of opening that one process does at a time.
   *
   * @returns `false` while another process is there.
   */
  enter(): boolean {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    return this.#hold() || (this.#clearAbandoned() && this.#hold());
  }

  leave(): void {
    rmSync(this.#openingPath, { force: true });
  }

  /** Whether a tier that lives has the store open; removes what is left of those that died. */
  isOpenElsewhere(): boolean {
    let isOpen = false;
    for (const name of readdirSync(this.path)) {
      const [, store, role, mark] = OF_A_PROCESS.exec(name) ?? [];
      const path = join(this.path, name);
      if (store !== this.#name || mark === undefined || path === this.#presencePath) continue;
      if (!isAlive(mark)) rmSync(path, { force: true });
      else if (role === 'open') isOpen = true;
    }
    return isOpen;
  }

  /** What the data file looks like from outside. */
  inspect(): DataFileState {
    return inspect(this.dataPath, this.#readClosedStamp());
  }

  /**
   * Takes away the lock file of a data file that is gone: it counts the versions
   * of that one. Who has it open still keeps it.
   */
  forgetLocks(): void {
    rmSync(this.#lockPath, { force: true });
  }

  /** Says that this tier has the store open, and sets the lock file up. */
  arrive(): void {
    this.#allocateLockFile();
    for (let n = 0; ; n += 1) {
      const path = join(this.path, `${this.#name}.open-${this.#mark}-${n}`);
      if (!this.#make(path, '')) continue;
      this.#presencePath = path;
      return;
    }
  }

  /** Takes the sign of this tier down; after an orderly end the next one may trust the file unseen. */
  depart(isOrderly: boolean): void {
    if (this.#presencePath === undefined) return;
    const path = this.#presencePath;
    this.#presencePath = undefined;
    try {
      rmSync(path, { force: true });
      if (isOrderly) writeFileSync(this.#closedPath, stampOf(this.dataPath), { mode: 0o600 });
    } catch {
      // On a full disk, or without its folder, the next one to open the store reads it through.
    }
  }

  /** The identity of the data file: another one, or none, when somebody moved or deleted it. */
  identity(): string | undefined {
    try {
      const { dev, ino } = statSync(this.dataPath);
      return `${dev}:${ino}`;
    } catch {
      return undefined;
    }
  }

  /** Moves the data file aside. @returns where it is now. */
  quarantine(now: number): string {
    const time = new Date(now).toISOString().replaceAll(':', '-');
    for (let n = 0; ; n += 1) {
      const path = `${this.dataPath}.quarantined-${time}${n === 0 ? '' : `-${n}`}`;
      if (statSync(path, { throwIfNoEntry: false })) continue;
      renameSync(this.dataPath, path);
      return path;
    }
  }

  /** A symbolic link to nowhere, for its text is there with it, and needs no room on the disk. */
  #hold(): boolean {
    try {
      symlinkSync(this.#mark, this.#openingPath);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Takes away what a process left that died within {@link enter}; moved aside first, so that of several only one does. */
  #clearAbandoned(): boolean {
    const aside = this.#draftPath();
    try {
      if (isAlive(readlinkSync(this.#openingPath))) return false;
      renameSync(this.#openingPath, aside);
      const mark = readlinkSync(aside);
      if (!isAlive(mark)) return true;
      symlinkSync(mark, this.#openingPath);
      return false;
    } catch {
      return false;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  #draftPath(): string {
    return join(this.path, `${this.#name}.draft-${this.#mark}-${threadId}`);
  }

  #readClosedStamp(): string | undefined {
    try {
      return readFileSync(this.#closedPath, 'utf8');
    } catch {
      return undefined;
    }
  }

  /**
   * Makes the lock file with all its blocks. LMDB would make it full of holes and
   * map it for writing; a write to a hole on a full disk kills the process.
   */
  #allocateLockFile(): void {
    const size = statSync(this.#lockPath, { throwIfNoEntry: false })?.size;
    if (size !== undefined && size >= LOCK_FILE_BYTES) return;
    if (size !== undefined && !this.isOpenElsewhere()) rmSync(this.#lockPath);
    this.#make(this.#lockPath, Buffer.alloc(LOCK_FILE_BYTES));
  }

  /** Makes a file that appears with all of its content. @returns `false` when there is one. */
  #make(path: string, content: string | Uint8Array): boolean {
    const draft = this.#draftPath();
    try {
      writeFileSync(draft, content, { mode: 0o600 });
      linkSync(draft, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
}
