import type { Bus } from '../../src/index.ts';
import { RecordingListener } from '../../src/testing/recording-listener.ts';
import { stayAlive } from '../../src/time/event-turn.ts';
import type { Effort } from '../harness/effort.ts';
import type { Figures, Metric, Scenario, Trial } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { OpenChannel } from '../subjects/bus.ts';

/** What a few keys and their versions take. */
const MESSAGE_BYTES = 200;
const SINGLE_MESSAGES = 5_000;
const MESSAGES = 1_000;
const AT_ONCE = 50;

/** Two buses of one channel, as of two processes: one sends, the other hears. */
interface Pair {
  readonly sender: Bus;
  /** Resolves when one more message has been told. */
  heardOne(): Promise<void>;
  /** Resolves when so many more messages have been told. */
  heard(count: number): Promise<void>;
}

type Measure = (effort: Effort, pair: Pair) => Promise<Figures>;

async function measure(effort: Effort, open: OpenChannel, how: Measure): Promise<Figures | undefined> {
  const channel = await open();
  if (!channel) return undefined;
  const [sender, receiver] = [channel.connect(), channel.connect()];
  // Not every bus has something of its own that keeps a process waiting for messages.
  const end = stayAlive();
  try {
    let awaited = 0;
    let tell: () => void = () => {};
    await connected(sender, () => {});
    await connected(receiver, () => {
      awaited -= 1;
      if (awaited === 0) tell();
    });
    const heard = (count: number): Promise<void> => {
      awaited = count;
      return new Promise((resolve) => {
        tell = resolve;
      });
    };
    return await how(effort, { sender, heard, heardOne: () => heard(1) });
  } finally {
    await Promise.all([sender, receiver].map((bus) => bus[Symbol.asyncDispose]()));
    await channel.close();
    end();
  }
}

async function connected(bus: Bus, hear: () => void): Promise<void> {
  const listener = new RecordingListener();
  listener.message = hear;
  bus.listen(listener);
  while (!listener.isConnected) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** One message at a time: from the call that publishes it until the other bus tells it. */
const lag: Measure = async ({ scale }, { sender, heardOne }) => {
  const message = Buffer.alloc(MESSAGE_BYTES, 1);
  const count = Math.ceil(SINGLE_MESSAGES * scale);
  const lags: number[] = [];
  for (let n = -count / 5; n < count; n += 1) {
    const sentAt = performance.now();
    const told = heardOne().then(() => performance.now() - sentAt);
    await sender.publish(message);
    const took = await told;
    // The first fifth warms it up.
    if (n >= 0) lags.push(took * 1e3);
  }
  lags.sort((a, b) => a - b);
  const quantile = (share: number): number => lags[Math.floor(lags.length * share)] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99) };
};

/** Many messages, some under way at once, until the other bus has told them all. */
const load: Measure = async (effort, { sender, heard }) => {
  const message = Buffer.alloc(MESSAGE_BYTES, 1);
  const count = Math.max(AT_ONCE, MESSAGES * effort.scale);
  const { cpu, wall } = await timed(effort, count, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      const told = heard(count);
      for (let sent = 0; sent < count; sent += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => sender.publish(message)));
      }
      await told;
    }
  });
  return { wall: wall / 1e3, cpu: cpu / 1e3, rate: 1e9 / wall };
};

function subjects(how: Measure): Readonly<Record<string, Trial>> {
  const trial =
    (open: (subjects: typeof import('../subjects/bus.ts')) => OpenChannel): Trial =>
    async (effort) =>
      measure(effort, open(await import('../subjects/bus.ts')), how);
  return {
    'in-process': trial(({ hub }) => hub),
    lmdb: trial(({ file }) => file),
    redis: trial(({ streams }) => streams),
    'nats with JetStream': trial(({ subjects }) => subjects(true)),
    nats: trial(({ subjects }) => subjects(false)),
  };
}

const LAG: readonly Metric[] = [
  { name: 'p50', title: 'lag, median', unit: 'µs' },
  { name: 'p99', title: 'lag, 99 of 100', unit: 'µs' },
];

const LOAD: readonly Metric[] = [
  { name: 'wall', title: 'wall', unit: 'µs' },
  { name: 'cpu', title: 'CPU', unit: 'µs' },
  { name: 'rate', title: 'messages a second', unit: '' },
];

const both = 'Both buses are in one process, and hear every message; servers are on this machine. Messages have 200 bytes.';

/** How soon the other knows. */
export const busLag: Scenario = {
  name: 'bus-lag',
  title: 'One message over a bus',
  about: `From the call that publishes until the bus of another process tells it, one message at a time. ${both}`,
  metrics: LAG,
  limit: 'in-process',
  subjects: subjects(lag),
  bars: [
    { subject: 'redis', metric: 'p99', atMost: 10_000 },
    { subject: 'redis', metric: 'p50', atMost: 1.5, of: 'nats with JetStream' },
  ],
};

/** What a message costs when there are many. */
export const busLoad: Scenario = {
  name: 'bus-load',
  title: 'Many messages over a bus',
  about: `Per message, 50 being published at once, until the bus of another process has told them all; the CPU is that of the main thread for both buses, without that of servers. ${both}`,
  metrics: LOAD,
  limit: 'in-process',
  subjects: subjects(load),
  bars: [{ subject: 'redis', metric: 'wall', atMost: 1, of: 'nats with JetStream' }],
};
