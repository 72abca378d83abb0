import { execFileSync } from 'node:child_process';

/** What befalls the packets that come to a namespace, or go from it. */
export type PacketFault = 'lose a fifth' | 'drop all' | 'reset all';

const VERDICTS: Readonly<Record<PacketFault, string>> = {
  'lose a fifth': 'meta l4proto tcp numgen random mod 100 < 20 drop',
  'drop all': 'meta l4proto tcp drop',
  'reset all': 'meta l4proto tcp reject with tcp reset',
};

/** Told apart by it: several may be there at once, of several processes. */
let made = 0;

/**
 * A network of its own for the processes started in it, joined to the host by one
 * cable: what `nft` does to its packets, the kernel does, retransmission and all.
 * Only root may make one.
 */
export class NetworkNamespace implements Disposable {
  /** Where its processes reach the host. */
  readonly hostAddress: string;
  readonly #name: string;
  readonly #cable: string;

  private constructor(name: string, cable: string, hostAddress: string) {
    this.#name = name;
    this.#cable = cable;
    this.hostAddress = hostAddress;
  }

  static create(): NetworkNamespace {
    made += 1;
    const number = (process.pid * 7 + made) % 16_384;
    const name = `tiercel-${process.pid}-${made}`;
    const cable = `tc${process.pid}-${made}`;
    const network = `10.${64 + Math.floor(number / 256)}.${number % 256}`;
    const namespace = new NetworkNamespace(name, cable, `${network}.1`);
    try {
      ip('netns', 'add', name);
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('addr', 'add', `${network}.1/24`, 'dev', cable);
      ip('link', 'set', cable, 'up');
      ip('-n', name, 'addr', 'add', `${network}.2/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    } catch (error) {
      namespace[Symbol.dispose]();
      throw error;
    }
    return namespace;
  }

  /** Runs the command behind it within the namespace. */
  get launcher(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** From now on, until {@link heal}. */
  befall(fault: PacketFault): void {
    this.heal();
    this.#nft('add table inet faults');
    this.#nft('add chain inet faults in { type filter hook input priority 0 ; }');
    this.#nft(`add rule inet faults in ${VERDICTS[fault]}`);
    if (fault === 'lose a fifth') {
      this.#nft('add chain inet faults out { type filter hook output priority 0 ; }');
      this.#nft(`add rule inet faults out ${VERDICTS[fault]}`);
    }
  }

  heal(): void {
    this.#nft('add table inet faults');
    this.#nft('delete table inet faults');
  }

  [Symbol.dispose](): void {
    for (const args of [
      ['link', 'del', this.#cable],
      ['netns', 'del', this.#name],
    ]) {
      try {
        ip(...args);
      } catch {
        // It was not made, or went with the other.
      }
    }
  }

  #nft(command: string): void {
    ip('netns', 'exec', this.#name, 'nft', ...command.split(' '));
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('/sbin/ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
