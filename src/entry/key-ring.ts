import { randomFillSync } from 'node:crypto';
import { assertNames, ConfigError } from '../errors.ts';
import { decrypt, encryptInto, NONCE_BYTES } from './cipher.ts';
import { type CipherKey, type KeySource, readKeys } from './cipher-keys.ts';

/**
 * Under one key, random nonces of 96 bits are safe for 2^32 messages (NIST SP 800-38D,
 * 8.3). A process counts its own alone: from a sixteenth of that on it says so.
 */
const ROTATE_AFTER: number = 2 ** 28;

/** Nonces are drawn so many at a time: one by one takes as long as half of the cipher. */
const NONCES_AT_ONCE = 256;

/** What a ring of keys can be told. */
export interface KeyRingOptions {
  /** Is told when a key has encrypted so much that another should take its place, and of a key file that is open to all. @default a warning of the process */
  readonly onWarning?: (message: string) => void;
}

/** What the makers of golden bytes and tests replace. */
interface RingParts extends KeyRingOptions {
  /** Fills bytes with randomness. @default the machine's */
  readonly fill?: (bytes: Uint8Array) => void;
  /** @default 2^28 */
  readonly rotateAfter?: number;
}

/** What one key of a ring has done in this process. */
export interface KeyUsage {
  readonly id: number;
  /** Whether it is the key that writes. */
  readonly isWriting: boolean;
  /** Messages it has encrypted. */
  readonly encrypted: number;
  /** Messages it has decrypted. */
  readonly decrypted: number;
  /** Whether it has encrypted so much that another should take its place. */
  readonly isWornOut: boolean;
}

/** A key, and what it has done. */
interface HeldKey extends CipherKey {
  encrypted: number;
  decrypted: number;
}

/**
 * The keys by which entries of sensitive kinds are encrypted: one writes, all read.
 * Made by {@link keyRing}.
 *
 * Keys can be exchanged at any time, between one entry and the next. No key ever leaves
 * its ring: not into errors, not into JSON, not into what a debugger prints.
 */
export class KeyRing {
  readonly #onWarning: (message: string) => void;
  readonly #fill: (bytes: Uint8Array) => void;
  readonly #rotateAfter: number;
  readonly #nonces: Uint8Array = new Uint8Array(NONCES_AT_ONCE * NONCE_BYTES);
  #nonceAt: number = this.#nonces.length;
  #keys: ReadonlyMap<number, HeldKey>;
  #writing: HeldKey;

  constructor(source: KeySource, parts: RingParts = {}) {
    this.#onWarning = parts.onWarning ?? ((message) => process.emitWarning(message, 'TiercelWarning'));
    this.#fill = parts.fill ?? randomFillSync;
    this.#rotateAfter = parts.rotateAfter ?? ROTATE_AFTER;
    const [first, ...others] = readKeys(source, this.#onWarning).map(held);
    this.#writing = first as HeldKey;
    this.#keys = byId([this.#writing, ...others]);
  }

  /** The ids of the keys, that of the one that writes first. */
  get ids(): readonly number[] {
    return [...this.#keys.keys()];
  }

  /** The id of the key that writes. */
  get writingId(): number {
    return this.#writing.id;
  }

  /** Whether there is a key with this id. */
  has(id: number): boolean {
    return this.#keys.has(id);
  }

  /** What each key has done in this process, that of the one that writes first. */
  usage(): KeyUsage[] {
    return [...this.#keys.values()].map((key) => ({
      id: key.id,
      isWriting: key === this.#writing,
      encrypted: key.encrypted,
      decrypted: key.decrypted,
      isWornOut: key.encrypted >= this.#rotateAfter,
    }));
  }

  /**
   * Puts other keys in the place of all there were. What a key had encrypted that is not
   * among them cannot be read any more.
   *
   * @throws ConfigError when a key cannot be used; the ring stays as it was then.
   */
  use(source: KeySource): void {
    this.#take(readKeys(source, this.#onWarning).map((key) => this.#known(key)));
  }

  /**
   * Writes with the first of these keys from now on; those there were go on reading.
   *
   * @throws ConfigError when a key cannot be used; the ring stays as it was then.
   */
  rotate(source: KeySource): void {
    const keys = readKeys(source, this.#onWarning).map((key) => this.#known(key));
    const others = [...this.#keys.values()].filter((key) => !keys.includes(key));
    for (const { id, secret } of keys) {
      const same = others.find((other) => other.secret.equals(secret));
      if (same) throw new ConfigError(`The encryption key ${id} is the key ${same.id} again; make another`);
    }
    this.#take([...keys, ...others]);
  }

  /** Writes `plain`, encrypted with the key that writes and bound to `bound`, into `target` from `at` on. */
  encryptInto(target: Uint8Array, at: number, plain: Uint8Array, bound: Uint8Array): void {
    const key = this.#writing;
    encryptInto(target, at, plain, key.secret, this.#nonce(), bound);
    key.encrypted += 1;
    if (key.encrypted === this.#rotateAfter) {
      this.#onWarning(
        `The encryption key ${key.id} has encrypted ${key.encrypted} messages in this process alone; put a new key before it, see docs/encryption.md`,
      );
    }
  }

  /** What was encrypted with the key `id`; `undefined` when there is no such key, or the bytes were not bound to `bound`. */
  decrypt(id: number, packed: Uint8Array, bound: Uint8Array): Uint8Array | undefined {
    const key = this.#keys.get(id);
    const plain = key && decrypt(packed, key.secret, bound);
    if (key && plain) key.decrypted += 1;
    return plain;
  }

  /** The key as the ring has it already, with its counts; itself when it is new. */
  #known(key: CipherKey): HeldKey {
    const known = this.#keys.get(key.id);
    if (!known) return held(key);
    if (known.secret.equals(key.secret)) return known;
    throw new ConfigError(
      `The encryption key ${key.id} was another until now, which entries still name; give the new one an id of its own`,
    );
  }

  #take(keys: readonly HeldKey[]): void {
    this.#writing = keys[0] ?? this.#writing;
    this.#keys = byId(keys);
  }

  #nonce(): Uint8Array {
    if (this.#nonceAt === this.#nonces.length) {
      this.#fill(this.#nonces);
      this.#nonceAt = 0;
    }
    const start = this.#nonceAt;
    this.#nonceAt += NONCE_BYTES;
    return this.#nonces.subarray(start, this.#nonceAt);
  }
}

/**
 * Makes a ring of keys for `createCache({ encryption })`: the first key writes, all read.
 *
 * @example
 * keyRing(process.env['TIERCEL_ENCRYPTION_KEYS'] ?? '')   // 2:BASE64,1:BASE64
 * keyRing({ file: '/run/secrets/tiercel-keys' })
 * keyRing([{ id: 1, key: bytes }])
 *
 * @throws ConfigError that names the key at fault by its id, and shows nothing of it.
 */
export function keyRing(source: KeySource, options: KeyRingOptions = {}): KeyRing {
  assertNames(options, { onWarning: true }, 'keyRing');
  return new KeyRing(source, options.onWarning ? { onWarning: options.onWarning } : {});
}

function held({ id, secret }: CipherKey): HeldKey {
  return { id, secret, encrypted: 0, decrypted: 0 };
}

function byId(keys: readonly HeldKey[]): ReadonlyMap<number, HeldKey> {
  return new Map(keys.map((key) => [key.id, key]));
}
