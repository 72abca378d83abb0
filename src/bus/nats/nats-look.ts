import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { millis } from '@nats-io/transport-node';
import { textOf } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import { Line } from './line.ts';
import type { NatsOptions } from './nats-options.ts';
import { settingsOf } from './nats-settings.ts';
import { reasonOf } from './outage.ts';
import { differences, unfit } from './stream-shape.ts';

/** Each question may take so long. */
const DEADLINE_MS = 3_000;

/** A server of NATS, and the stream that keeps messages, as they are found. */
export interface NatsReport {
  /** Why no server takes us; the rest is missing then. */
  readonly failure?: string;
  /** The version of the server. */
  readonly version?: string;
  readonly pingMs?: number;
  /** `undefined` where JetStream is not wanted. */
  readonly stream?: StreamReport;
}

/** The stream: as it is, or why there is none. */
export interface StreamReport {
  readonly name: string;
  /** `found`; `absent`, to be made at the first start; `useless`, for what `trouble` says. */
  readonly state: 'found' | 'absent' | 'useless';
  readonly trouble: string;
  readonly maxAgeMs: number;
  readonly messages: number;
  /** In what it is not as the options have it. */
  readonly differences: readonly string[];
}

/** Looks at a NATS server and its stream, and changes nothing. Never rejects, but for options that cannot be used. */
export async function lookAtNats(options: NatsOptions, clock: Clock = systemClock): Promise<NatsReport> {
  const settings = settingsOf(options);
  const inTime = <T>(call: Promise<T>): Promise<T> => withDeadline(call, DEADLINE_MS, clock, () => new Error('it does not answer'));
  let line: Line | undefined;
  try {
    line = new Line(settings.connection());
    const connection = await inTime(line.connection);
    const sentAt = clock.monotonic();
    await inTime(connection.flush());
    const found = { version: connection.info?.version ?? '', pingMs: clock.monotonic() - sentAt };
    if (settings.jetstream === 'off') return found;
    const blank = { name: settings.streamName, trouble: '', maxAgeMs: settings.stream.maxAgeMs, messages: 0, differences: [] };
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: DEADLINE_MS });
      const { config, state } = await inTime(manager.streams.info(settings.streamName));
      const trouble = unfit(config, settings);
      const stream = { ...blank, maxAgeMs: millis(config.max_age), messages: state.messages, differences: differences(config, settings) };
      return { ...found, stream: { ...stream, state: trouble === undefined ? 'found' : 'useless', trouble: trouble ?? '' } };
    } catch (error) {
      const isAbsent = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
      return { ...found, stream: { ...blank, state: isAbsent ? 'absent' : 'useless', trouble: textOf(error) } };
    }
  } catch (error) {
    return { failure: reasonOf(error) };
  } finally {
    line?.connection.then((connection) => connection.close()).catch(() => {});
    line?.cut();
  }
}
