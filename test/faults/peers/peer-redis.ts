import { createClient } from '@redis/client';

type Hear = (text: string) => void;

/**
 * What other caches are given of a Redis: a place for texts, and channels that can
 * be cut. A cut is told as a lost connection is: publishing fails, and what others
 * publish meanwhile is not heard, as Redis has it.
 */
export class PeerRedis {
  readonly #commands;
  readonly #subscriptions;
  readonly #reconnected = new Set<() => void>();
  #isCut = false;

  constructor(url: string) {
    this.#commands = createClient({ url });
    this.#subscriptions = createClient({ url });
    for (const client of [this.#commands, this.#subscriptions]) client.on('error', () => {});
  }

  async connect(): Promise<void> {
    await Promise.all([this.#commands.connect(), this.#subscriptions.connect()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#commands.close(), this.#subscriptions.close()]);
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#commands.get(key)) ?? undefined;
  }

  async set(key: string, text: string, ttlMs: number | undefined): Promise<void> {
    await this.#commands.set(key, text, ttlMs === undefined ? {} : { expiration: { type: 'PX', value: Math.ceil(ttlMs) } });
  }

  async delete(keys: string[]): Promise<boolean> {
    return keys.length > 0 && (await this.#commands.del(keys)) > 0;
  }

  async clear(): Promise<void> {
    await this.#commands.flushDb();
  }

  async publish(channel: string, text: string): Promise<void> {
    if (this.#isCut) throw new Error('the connection is lost');
    await this.#commands.publish(channel, text);
  }

  async subscribe(channel: string, hear: Hear): Promise<void> {
    await this.#subscriptions.subscribe(channel, (text) => {
      if (!this.#isCut) hear(text);
    });
  }

  onReconnect(action: () => void): void {
    this.#reconnected.add(action);
  }

  cut(): void {
    this.#isCut = true;
  }

  heal(): void {
    this.#isCut = false;
    for (const action of this.#reconnected) action();
  }
}
