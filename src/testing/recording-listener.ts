import type { BusListener } from '../bus/bus.ts';

/** A listener that writes down what it is told. */
export class RecordingListener implements BusListener {
  /** Every message, in the order of the telling. */
  readonly messages: Uint8Array[] = [];
  /** Every beat, in the order of the telling. */
  readonly beats: Uint8Array[] = [];
  /** The reason of each `disconnected`. */
  readonly losses: string[] = [];
  /** How often `connected` was told. */
  connections = 0;
  isConnected = false;

  /** The messages as text, of bytes that were text once. */
  get texts(): string[] {
    return this.messages.map((bytes) => Buffer.from(bytes).toString());
  }

  connected(): void {
    this.connections += 1;
    this.isConnected = true;
  }

  disconnected(reason: string): void {
    this.losses.push(reason);
    this.isConnected = false;
  }

  message(bytes: Uint8Array): void {
    this.messages.push(bytes);
  }

  beat(bytes: Uint8Array): void {
    this.beats.push(bytes);
  }
}
