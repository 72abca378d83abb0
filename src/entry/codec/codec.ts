/** Turns values into bytes and back. What it cannot keep as it is, it refuses. */
export interface Codec {
  /** Stands in the envelope, 1 to 255; below 16 is ours, the rest is free for yours. */
  readonly id: number;
  readonly name: string;
  /** @throws ValueError with the path to the part that cannot be kept. */
  encode(value: unknown): Uint8Array;
  /** The value; `bytes` may be reused afterwards. @throws ValueError when the bytes are none of this codec's. */
  decode(bytes: Uint8Array): unknown;
}
