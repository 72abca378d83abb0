import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { KindCache } from '../cache/kind-cache.ts';
import type { Assembly } from '../config/assemble.ts';
import { MARKET_KINDS } from '../config/kinds.ts';
import { Calendars } from '../market/calendar/calendars.ts';
import type { Cancel } from '../time/clock.ts';
import { SECOND, toMs } from '../time/duration.ts';
import { CachedMarketData } from './cached-market-data.ts';
import { CountedProvider } from './counted-provider.ts';
import { DemoBot } from './demo-bot.ts';
import { DirectMarketData } from './direct-market-data.ts';
import { endConnections } from './drain.ts';
import { CachedEntries, type Entries, NoEntries } from './entries.ts';
import type { ErrorReport } from './errors-to-problems.ts';
import { createHttpApp } from './http-app.ts';
import { InspectedCache } from './inspected-cache.ts';
import { ListenError } from './listen-error.ts';
import type { MarketData } from './market-data.ts';
import { MemoryDesk } from './memory-desk.ts';
import { Metrics } from './metrics.ts';
import { ReadLog } from './read-log.ts';
import { LiveStreams } from './routes/live.ts';
import { addRoutes } from './routes.ts';
import { assertGuarded } from './security.ts';
import { StatsBoard } from './stats-board.ts';
import { TraceRecordings } from './trace-recordings.ts';

/** While the service stops, an idle connection is kept this long, for a request may be on its way on it. */
const IDLE_MS = 300;

/** The cache as a service over HTTP: it listens, and it stops without losing a request. */
export class Service {
  readonly #assembly: Assembly;
  readonly #startedAt: number;
  readonly #streams: LiveStreams;
  readonly #recordings: TraceRecordings;
  readonly #board: StatsBoard;
  readonly #metrics: Metrics;
  readonly #desk: MemoryDesk;
  readonly #market: MarketData;
  readonly #calendars: Calendars = new Calendars();
  readonly #entries: Entries;
  readonly #bot: DemoBot | undefined;
  #app: FastifyInstance | undefined;
  #isDraining = false;
  #cancelTick: Cancel = () => undefined;

  /** @throws ConfigError when it would be open to the network without a token. */
  constructor(assembly: Assembly) {
    const { cache, clock, settings } = assembly;
    assertGuarded(settings.server);
    this.#assembly = assembly;
    this.#startedAt = clock.now();
    this.#streams = new LiveStreams(settings.server.maxLiveClients);
    this.#recordings = new TraceRecordings(cache.memory, clock);
    this.#metrics = new Metrics(() => this.#board.stats());
    const log = new ReadLog(clock, (kind, durationMs) => this.#metrics.read(kind, durationMs));
    const provider = new CountedProvider(assembly.provider);
    const state = () => ({
      startedAt: this.#startedAt,
      isDraining: this.#isDraining,
      isDemo: settings.demo,
      isCacheEnabled: settings.cache.enabled,
    });
    this.#desk = new MemoryDesk(cache, () => clock.now());
    this.#board = new StatsBoard(cache, provider, log, state, () => clock.now());
    const kinds = cache.kinds as ReadonlyMap<string, KindCache<string, unknown>>;
    const isEnabled = settings.cache.enabled;
    this.#market = isEnabled ? new CachedMarketData(cache.quote, cache.bars, provider, log) : new DirectMarketData(provider, clock, log);
    this.#entries = isEnabled ? new CachedEntries(kinds, MARKET_KINDS, log, () => cache.stats().tiers) : new NoEntries();
    this.#bot = settings.demo ? new DemoBot(this.#market, this.#entries, clock) : undefined;
    cache.on('load', ({ kind, result, durationMs }) => this.#metrics.load(kind, result, durationMs));
  }

  /** Where the service listens. */
  get url(): string {
    const address = this.#app?.server.address() as AddressInfo | null | undefined;
    if (!address) throw new ListenError('The service does not listen');
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Begins to listen. @throws ListenError when the address is taken or is none of this machine. */
  async listen(report: (error: ErrorReport) => void): Promise<void> {
    const { host, port } = this.#assembly.settings.server;
    this.#app = await this.#createApp(report);
    // A store is opened by now, or has failed: the first requests find what it kept from before.
    await this.#assembly.cache.flush();
    try {
      await this.#app.listen({ host, port });
    } catch (cause) {
      throw ListenError.of(cause, host, port);
    }
    this.#tick();
    this.#bot?.start();
  }

  /**
   * Stops: takes no more connections, answers what was asked, closes the cache.
   *
   * @returns whether all requests had ended before the deadline.
   */
  async drain(): Promise<boolean> {
    const { clock, settings, cache } = this.#assembly;
    this.#isDraining = true;
    this.#cancelTick();
    this.#streams.end();
    this.#recordings.end();
    let hasEnded = true;
    if (this.#app) {
      hasEnded = await endConnections(this.#app.server, clock, IDLE_MS, toMs(settings.server.drainTimeout));
      this.#app.server.closeAllConnections();
      await this.#app.close();
    }
    await this.#bot?.stop();
    await cache.close();
    return hasEnded;
  }

  async #createApp(report: (error: ErrorReport) => void): Promise<FastifyInstance> {
    const { cache, clock, settings } = this.#assembly;
    const { host, token, allowedHosts } = settings.server;
    const app = await createHttpApp({
      guard: { host, token, allowedHosts },
      report,
      onAnswer: (method, route, status, durationMs) => this.#metrics.http(method, route, status, durationMs),
      isDraining: () => this.#isDraining,
    });
    addRoutes(app, {
      market: this.#market,
      calendars: this.#calendars,
      entries: this.#entries,
      inspected: new InspectedCache(cache, () => clock.now()),
      memory: this.#desk,
      recordings: this.#recordings,
      board: this.#board,
      streams: this.#streams,
      metrics: this.#metrics.registry,
      health: () => ({ isDraining: this.#isDraining, ...this.#board.health }),
      clock,
    });
    return app;
  }

  /** Once a second: notes how things stand, and tells those who follow. */
  #tick(): void {
    this.#board.note();
    this.#desk.note();
    if (!this.#streams.isEmpty) this.#streams.tell(this.#board.stats());
    this.#cancelTick = this.#assembly.clock.after(SECOND, () => this.#tick());
  }
}
