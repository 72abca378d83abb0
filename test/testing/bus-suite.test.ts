import { describe, expect, test } from 'vitest';
import type { Bus, BusListener, BusMark } from '../../src/bus/bus.ts';
import { describeBus } from '../../src/testing/bus-suite.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import type { FakeClock } from '../../src/testing/fake-clock.ts';
import { inProcessSubject } from '../bus/in-process/in-process-subject.ts';

const ALWAYS = { times: Number.POSITIVE_INFINITY };

/** A bus that does as the one within; what is wrong with it is written over that. */
class Wrapped implements Bus {
  readonly name: string;
  readonly reach: Bus['reach'];
  readonly bus: Bus;
  maxMessageBytes: number;

  constructor(bus: Bus) {
    this.bus = bus;
    this.name = bus.name;
    this.reach = bus.reach;
    this.maxMessageBytes = bus.maxMessageBytes;
  }

  listen(listener: BusListener): void {
    this.bus.listen(listener);
  }

  async publish(message: Uint8Array): Promise<void> {
    await this.bus.publish(message);
  }

  async beat(beat: Uint8Array): Promise<void> {
    await this.bus.beat(beat);
  }

  async mark(): Promise<BusMark | undefined> {
    return this.bus.mark();
  }

  async replay(since: BusMark): Promise<boolean> {
    return this.bus.replay(since);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus[Symbol.asyncDispose]();
  }
}

class VouchesForAll extends Wrapped {
  override async replay(since: BusMark): Promise<boolean> {
    await super.replay(since);
    return true;
  }
}

class VouchesForNothing extends Wrapped {
  override async replay(since: BusMark): Promise<boolean> {
    await super.replay(since);
    return false;
  }
}

class KnowsLogsByPlace extends Wrapped {
  override async replay(since: BusMark): Promise<boolean> {
    const { log } = (await this.bus.mark()) ?? since;
    return super.replay({ ...since, log });
  }
}

class CutsDown extends Wrapped {
  override async publish(message: Uint8Array): Promise<void> {
    await super.publish(message.subarray(0, this.maxMessageBytes));
  }
}

class LogsBeats extends Wrapped {
  override async beat(beat: Uint8Array): Promise<void> {
    await super.beat(beat);
    await super.publish(beat);
  }
}

class ConnectedTooSoon extends Wrapped {
  override listen(listener: BusListener): void {
    listener.connected();
    super.listen({
      connected: () => {},
      disconnected: (reason) => listener.disconnected(reason),
      message: (bytes) => listener.message(bytes),
      beat: (bytes) => listener.beat(bytes),
    });
  }
}

class SharesBytes extends Wrapped {
  static readonly #shared = new Map<string, Uint8Array>();

  override listen(listener: BusListener): void {
    super.listen({
      connected: () => listener.connected(),
      disconnected: (reason) => listener.disconnected(reason),
      beat: (bytes) => listener.beat(bytes),
      message: (bytes) => {
        const text = Buffer.from(bytes).toString();
        const shared = SharesBytes.#shared.get(text) ?? bytes;
        SharesBytes.#shared.set(text, shared);
        listener.message(shared);
      },
    });
  }
}

class NeverCloses extends Wrapped {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

/** The facts of the suite, of those asked for, that do not hold for the bus. */
async function failuresOf(wrap: (bus: Bus, clock: FakeClock) => Bus, asked = /./): Promise<string[]> {
  const tests = new Map<string, () => Promise<void>>();
  const runner = {
    describe: (_: string, define: () => void) => define(),
    test: (fact: string, run: () => Promise<void>) => void tests.set(fact, run),
  };
  describeBus('a bus', () => inProcessSubject(wrap), runner);
  const failures: string[] = [];
  for (const [fact, run] of tests) {
    if (asked.test(fact)) await run().catch(() => failures.push(fact));
  }
  return failures;
}

function chaotic(order: (chaos: ChaosBus) => void): (bus: Bus, clock: FakeClock) => Bus {
  return (bus, clock) => {
    const chaos = new ChaosBus(bus, { clock });
    order(chaos);
    return chaos;
  };
}

describe('the bus suite', () => {
  test('holds for a bus without faults', async () => {
    expect(await failuresOf((bus) => new Wrapped(bus))).toStrictEqual([]);
  });

  const lots = /brings 5000 messages/;
  test.each<[string, (bus: Bus, clock: FakeClock) => Bus, RegExp]>([
    ['loses a message in a thousand', chaotic((chaos) => chaos.drop({ ...ALWAYS, share: 0.001 })), lots],
    ['tells a message in a thousand twice', chaotic((chaos) => chaos.duplicate({ ...ALWAYS, share: 0.001 })), lots],
    ['changes the order of a message in a thousand', chaotic((chaos) => chaos.reorder({ ...ALWAYS, share: 0.001 })), lots],
    ['damages a message in a thousand', chaotic((chaos) => chaos.corrupt({ ...ALWAYS, share: 0.001 })), lots],
    ['tells messages after the beats that follow them', chaotic((chaos) => chaos.delay(1, ALWAYS)), /its own beat only after/],
    ['keeps beats in its log', (bus) => new LogsBeats(bus), /does not keep beats/],
    ['vouches for every replay', (bus) => new VouchesForAll(bus), /never vouches/],
    ['vouches for every replay, when the log is made anew', (bus) => new VouchesForAll(bus), /made anew/],
    ['vouches for every replay, when the log is cut short', (bus) => new VouchesForAll(bus), /cut short/],
    ['vouches for no replay', (bus) => new VouchesForNothing(bus), /always for one from a whole log/],
    ['takes a log made anew for the old one', (bus) => new KnowsLogsByPlace(bus), /made anew/],
    ['cuts long messages down to what it can take', (bus) => new CutsDown(bus), /too long/],
    ['says that it is connected before it hears', (bus) => new ConnectedTooSoon(bus), /instant it is told/],
    ['hands the same bytes to all', (bus) => new SharesBytes(bus), /bytes of its own/],
    ['goes on after it was closed', (bus) => new NeverCloses(bus), /refuses every call after/],
    ['goes on telling after it was closed', (bus) => new NeverCloses(bus), /tells nothing once it is closed/],
  ])('finds the bus out that %s', async (_, wrap, fact) => {
    expect(await failuresOf(wrap, fact)).not.toStrictEqual([]);
  });
});
