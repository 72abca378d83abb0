import type { ReadAnswer } from './history.ts';
import type { BusFault, SubjectState } from './node-plan.ts';

/** What a cache keeps in these runs: a number, and the key it was written for. */
export interface Kept {
  readonly key: string;
  readonly n: number;
}

/** Asks the source for what it has under a key. */
export type Source = (key: string) => Promise<Kept> | Kept;

/** A cache on trial: Tiercel, or one that it is compared with. */
export interface Subject {
  /** Resolves when it is ready to be told of changes by others. */
  ready(): Promise<void>;
  peek(key: string): Kept | undefined;
  get(key: string): Promise<Kept | undefined>;
  load(key: string, source: Source): Promise<Omit<ReadAnswer, 'n'> & { readonly kept: Kept | undefined }>;
  set(key: string, kept: Kept): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  invalidateTag(tag: string): Promise<unknown>;
  invalidatePattern(pattern: string): Promise<unknown>;
  clear(): Promise<unknown>;
  flush(): Promise<unknown>;
  /** Makes its bus as bad as it is told. */
  befallBus(fault: BusFault): void;
  state(): SubjectState;
  close(): Promise<unknown>;
}
