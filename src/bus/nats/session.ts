import { type NatsConnection, PermissionViolationError, type Status } from '@nats-io/transport-node';
import { BusError, ClosedError, textOf } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import type { Clock } from '../../time/clock.ts';
import { Line } from './line.ts';
import type { NatsWarning } from './nats-options.ts';
import type { NatsSettings } from './nats-settings.ts';
import { Outbox } from './outbox.ts';
import { type LogMemory, StreamLog } from './stream-log.ts';
import { TEAR } from './stream-replay.ts';

/** The server has this long to confirm that we are subscribed. */
const SUBSCRIBE_DEADLINE_MS = 2_000;

/** What is on its way when we close may take this long to arrive. */
const CLOSE_DEADLINE_MS = 500;

/** What a session is given by its bus. */
export interface SessionSetting {
  readonly bus: string;
  readonly settings: NatsSettings;
  readonly memory: LogMemory;
  readonly clock: Clock;
  readonly random: () => number;
  /** The subscriptions are confirmed; the server takes messages of so many bytes. */
  readonly onUp: (maxPayload: number) => void;
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onBeat: (bytes: Uint8Array) => void;
  readonly onWarning: (warning: NatsWarning) => void;
  /** The session is over, and tells nothing more. Called once, unless the bus closed it. */
  readonly onOver: (reason: unknown) => void;
}

/** What a session has while its connection lasts. */
export interface Ways {
  readonly connection: NatsConnection;
  readonly outbox: Outbox;
  readonly log: StreamLog;
}

/**
 * One connection to a server, from the dialling to its end.
 *
 * It is never mended: what ends it ends everything that was under way on it, and
 * the next session begins with nothing. So no message is sent again behind the
 * back of whoever published it.
 */
export class Session {
  readonly #setting: SessionSetting;
  readonly #line: Line;
  readonly #denials = new Map<string, string>();
  #ways: Ways | undefined;
  #isUp = false;
  #isOver = false;
  /** What the server said before it hung up. */
  #lastWords: Error | undefined;

  /** @throws Error when a file cannot be read that is needed to connect. */
  constructor(setting: SessionSetting) {
    this.#setting = setting;
    this.#line = new Line(setting.settings.connection());
    this.#open().catch((error: unknown) => this.#end(error));
  }

  /** From when the subscriptions are confirmed until the connection is over. */
  get ways(): Ways | undefined {
    return this.#isUp ? this.#ways : undefined;
  }

  /** Lets what was sent arrive, as far as that takes no long time, and hangs up. */
  async close(): Promise<void> {
    const ways = this.ways;
    this.#isUp = false;
    if (ways) {
      const { clock } = this.#setting;
      const leave = async (): Promise<void> => {
        await ways.outbox.idle();
        await ways.connection.drain();
      };
      await withDeadline(leave(), CLOSE_DEADLINE_MS, clock, () => new Error('the server took too long')).catch(() => {});
    }
    await this.#hangUp(new ClosedError());
  }

  async #open(): Promise<void> {
    const { bus, settings, clock, onUp, onMessage, onBeat } = this.#setting;
    const connection = await this.#line.connection;
    if (this.#isOver) return this.#line.cut();
    const log = new StreamLog({ ...this.#setting, connection });
    const outbox = new Outbox({
      bus,
      connection,
      log,
      clock,
      deadlineMs: settings.deadlineMs,
      denial: (subject) => this.#denials.get(subject),
    });
    this.#ways = { connection, outbox, log };
    void this.#watch(connection);
    void connection.closed().then(() => this.#end(this.#lastWords ?? 'the server hung up'));
    this.#subscribe(connection, settings.subjects.news, onMessage);
    this.#subscribe(connection, settings.subjects.beat, onBeat);
    const confirmed = Promise.race([connection.flush(), connection.closed()]);
    await withDeadline(confirmed, SUBSCRIBE_DEADLINE_MS, clock, () => new Error('the server did not confirm the subscription'));
    if (this.#isOver) return;
    await log.take();
    if (this.#isOver) return;
    if (settings.jetstream === 'required' && !log.isOn) throw new Error(`JetStream is required, and there is none: ${log.trouble}`);
    this.#isUp = true;
    onUp(connection.info?.max_payload ?? 0);
  }

  #subscribe(connection: NatsConnection, subject: string, tell: (bytes: Uint8Array) => void): void {
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (this.#isOver) return;
        // The bytes of a message are a part of what the socket read: a copy does not keep the whole of it.
        if (error !== null) this.#end(error);
        else if (!message.headers?.has(TEAR)) tell(new Uint8Array(message.data));
      },
    });
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) this.#hear(status);
  }

  #hear(status: Status): void {
    if (status.type === 'staleConnection') this.#end('the server does not answer any more');
    else if (status.type === 'error') this.#hearError(status.error);
  }

  #hearError(error: Error): void {
    if (!(error instanceof PermissionViolationError)) {
      this.#lastWords = error;
      return;
    }
    const { news, beat } = this.#setting.settings.subjects;
    const { operation, subject } = error;
    if (operation !== 'publish' || (subject !== news && subject !== beat) || this.#denials.has(subject)) return;
    const message = `the user may not publish to "${subject}"; let it, or changes made here stay unknown to others`;
    this.#denials.set(subject, message);
    this.#setting.onWarning({ kind: 'denied', message });
  }

  #end(reason: unknown): void {
    if (this.#isOver) return;
    void this.#hangUp(reason);
    this.#setting.onOver(reason);
  }

  async #hangUp(reason: unknown): Promise<void> {
    this.#isOver = true;
    this.#isUp = false;
    this.#ways?.log.close();
    this.#ways?.outbox.fail(new BusError(this.#setting.bus, `the connection is lost: ${textOf(reason)}`, { cause: reason }));
    // The client first tries to send what is left, and a server that is stopped takes nothing.
    const closed = this.#ways?.connection.close();
    this.#line.cut();
    await closed?.catch(() => {});
  }
}
