import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { SECOND } from '../time/duration.ts';
import { VERSION } from './version.ts';
import type { WireBus, WireStats } from './wire.ts';

/** 50 µs to 10 s. */
const BUCKETS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Sums that the client tells as gauges under the name of counters; their parts are told, too. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

const BREAKER: Readonly<Record<string, number>> = { closed: 0, 'half-open': 1, open: 2 };
const BUS: Readonly<Record<string, number>> = { starting: 0, live: 1, suspect: 2, closed: 2 };
const HEALTH: Readonly<Record<WireStats['health']['status'], number>> = { ok: 0, degraded: 1, suspect: 2 };

/** A number that the statistics tell, under labels. */
type Told = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * The statistics for Prometheus. Labels name kinds, tiers and routes, of which
 * there are few; never keys, of which there is no end.
 */
export class Metrics {
  readonly registry: Registry = new Registry();
  readonly #stats: () => WireStats;
  readonly #read: Histogram;
  readonly #load: Histogram;
  readonly #http: Histogram;

  /** @param stats what is told at each scrape. */
  constructor(stats: () => WireStats) {
    this.#stats = stats;
    const registers = [this.registry];
    this.#read = new Histogram({
      name: 'tiercel_request_duration_seconds',
      help: 'How long reads through the service took',
      labelNames: ['kind'],
      buckets: BUCKETS,
      registers,
    });
    this.#load = new Histogram({
      name: 'tiercel_load_duration_seconds',
      help: 'How long loads took',
      labelNames: ['kind', 'result'],
      buckets: BUCKETS,
      registers,
    });
    this.#http = new Histogram({
      name: 'tiercel_http_request_duration_seconds',
      help: 'How long HTTP requests took',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    new Gauge({ name: 'tiercel_build_info', help: 'Always 1; its label tells the version', labelNames: ['version'], registers }).set(
      { version: VERSION },
      1,
    );
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    this.#addCounters();
    this.#addEvictions();
    this.#addGauges();
    this.#addBus();
  }

  read(kind: string, durationMs: number): void {
    this.#read.observe({ kind }, durationMs / SECOND);
  }

  load(kind: string, result: string, durationMs: number): void {
    this.#load.observe({ kind, result }, durationMs / SECOND);
  }

  http(method: string, route: string, status: number, durationMs: number): void {
    this.#http.observe({ method, route, status: String(status) }, durationMs / SECOND);
  }

  #addCounters(): void {
    this.#counter('requests_total', 'Reads of the cache, by how they were answered', ['kind', 'result'], ({ kinds }) =>
      kinds.flatMap(({ name: kind, hits, stale, misses, errors }) => [
        [{ kind, result: 'hit' }, hits],
        [{ kind, result: 'stale' }, stale],
        [{ kind, result: 'miss' }, misses],
        [{ kind, result: 'error' }, errors],
      ]),
    );
    this.#counter('coalesced_requests_total', 'Reads that waited for a load another had begun', ['kind'], ({ kinds }) =>
      kinds.map((kind) => [{ kind: kind.name }, kind.joined]),
    );
    this.#counter('writes_total', 'Entries written', ['kind'], ({ kinds }) => kinds.map((kind) => [{ kind: kind.name }, kind.writes]));
    this.#counter('tier_requests_total', 'Keys asked of a tier beyond memory', ['tier', 'result'], ({ tiers }) =>
      tiers.flatMap(({ name: tier, hits, misses, errors }) => [
        [{ tier, result: 'hit' }, hits],
        [{ tier, result: 'miss' }, misses],
        [{ tier, result: 'error' }, errors],
      ]),
    );
    this.#counter('tier_writes_total', 'Entries written to a tier beyond memory', ['tier', 'result'], ({ tiers }) =>
      tiers.flatMap(({ name: tier, writes, writeErrors }) => [
        [{ tier, result: 'ok' }, writes],
        [{ tier, result: 'error' }, writeErrors],
      ]),
    );
    this.#counter(
      'decode_errors_total',
      'Bytes of a tier that were not taken, by what was wrong with them',
      ['tier', 'reason'],
      ({ tiers }) =>
        tiers.flatMap(({ name: tier, refusedBy }) => Object.entries(refusedBy).map(([reason, count]): Told => [{ tier, reason }, count])),
    );
    this.#counter('tier_writes_given_up_total', 'Writes that a tier will never take', ['tier'], ({ tiers }) =>
      tiers.map((tier) => [{ tier: tier.name }, tier.givenUp]),
    );
    this.#counter('leases_total', 'Loads that wanted the lease of their key, by what came of it', ['kind', 'result'], ({ kinds }) =>
      kinds.flatMap(({ name: kind, leases, loadedElsewhere }) => [
        [{ kind, result: 'taken' }, leases],
        [{ kind, result: 'loaded_elsewhere' }, loadedElsewhere],
      ]),
    );
    this.#counter('encryption_operations_total', 'Values that a key encrypted and decrypted', ['key_id', 'operation'], ({ encryption }) =>
      encryption.flatMap(({ id, encrypted, decrypted }) => [
        [{ key_id: String(id), operation: 'encrypt' }, encrypted],
        [{ key_id: String(id), operation: 'decrypt' }, decrypted],
      ]),
    );
    this.#counter(
      'provider_calls_total',
      'Calls to the provider',
      ['provider', 'result'],
      ({ provider: { name: provider, calls, failedCalls } }) => [
        [{ provider, result: 'ok' }, calls - failedCalls],
        [{ provider, result: 'error' }, failedCalls],
      ],
    );
  }

  #addEvictions(): void {
    this.#counter(
      'evictions_total',
      'Entries that left memory for want of room, by why it was their turn',
      ['kind', 'reason'],
      ({ kinds }) =>
        kinds.flatMap(({ name: kind, evictions: { byReason } }) =>
          Object.entries(byReason).map(([reason, count]): Told => [{ kind, reason }, count]),
        ),
    );
    this.#counter('evictions_by_need_total', 'The same, by why room was needed', ['kind', 'need'], ({ kinds }) =>
      kinds.flatMap(({ name: kind, evictions: { byNeed } }) =>
        Object.entries(byNeed).map(([need, count]): Told => [{ kind, need }, count]),
      ),
    );
    this.#counter('eviction_age_seconds_total', 'How old they were, in sum', ['kind'], ({ kinds }) =>
      kinds.map(({ name: kind, evictions }) => [{ kind }, evictions.ageMs / SECOND]),
    );
    this.#counter('memory_reliefs_total', 'How often entries left since the process had little memory left', [], ({ memory }) => [
      [{}, memory.reliefs],
    ]);
  }

  #addGauges(): void {
    this.#gauge('entries', 'Entries in memory', ['kind'], ({ kinds }) => kinds.map((kind) => [{ kind: kind.name }, kind.entries]));
    this.#gauge('bytes', 'Bytes in memory', [], ({ memory }) => [[{}, memory.bytes]]);
    this.#gauge('max_entries', 'Entries that memory may hold', [], ({ memory }) => [[{}, memory.maxEntries]]);
    this.#gauge('max_bytes', 'Bytes that memory may hold', [], ({ memory }) => [[{}, memory.maxBytes]]);
    this.#gauge('memory_allowed_bytes', 'Bytes that memory may hold now: fewer while the process has little left', [], ({ memory }) => [
      [{}, memory.allowedBytes],
    ]);
    this.#gauge('protected_entries', 'Entries that never leave memory for room', [], ({ memory }) => [[{}, memory.protectedEntries]]);
    this.#gauge('protected_bytes', 'Bytes that never leave memory for room', [], ({ memory }) => [[{}, memory.protectedBytes]]);
    this.#gauge('part_entries', 'Entries in the part of memory that a kind has to itself', ['kind'], ({ memory }) =>
      memory.parts.map(({ kind, entries }) => [{ kind }, entries]),
    );
    this.#gauge('part_bytes', 'Bytes in the part of memory that a kind has to itself', ['kind'], ({ memory }) =>
      memory.parts.map(({ kind, bytes }) => [{ kind }, bytes]),
    );
    this.#gauge('part_target_share', 'The share of memory above which such a part gives way to others', ['kind'], ({ memory }) =>
      memory.parts.map(({ kind, target }) => [{ kind }, target]),
    );
    this.#gauge('dependency_up', 'Whether a tier answers', ['dep'], ({ tiers }) =>
      tiers.map((tier) => [{ dep: tier.name }, tier.isUp ? 1 : 0]),
    );
    this.#gauge(
      'breaker_state',
      'Whether calls go through to a tier: 0 they do, 1 one does and decides, 2 none does',
      ['tier'],
      ({ tiers }) => tiers.map(({ name: tier, state }) => [{ tier }, BREAKER[state] ?? 0]),
    );
    this.#gauge('tier_unwritten', 'Keys and sweeps whose writes failed and wait for their next try', ['tier'], ({ tiers }) =>
      tiers.map((tier) => [{ tier: tier.name }, tier.unwritten]),
    );
    this.#gauge('encryption_key_writing', 'Whether a key is the one that encrypts', ['key_id'], ({ encryption }) =>
      encryption.map(({ id, isWriting }) => [{ key_id: String(id) }, isWriting ? 1 : 0]),
    );
    this.#gauge(
      'encryption_key_worn_out',
      'Whether a key has encrypted so much that another should take its place',
      ['key_id'],
      ({ encryption }) => encryption.map(({ id, isWornOut }) => [{ key_id: String(id) }, isWornOut ? 1 : 0]),
    );
    this.#gauge('health', 'How the cache is: 0 ok, 1 degraded, 2 suspect', [], ({ health }) => [[{}, HEALTH[health.status]]]);
    this.#gauge('draining', 'Whether the service is shutting down', [], ({ service }) => [[{}, service.isDraining ? 1 : 0]]);
  }

  /** Without a bus none of these has a value. */
  #addBus(): void {
    const counters: readonly [name: string, help: string, (bus: WireBus) => number][] = [
      ['notices_sent', 'Changes told to other services', (bus) => bus.notices],
      ['messages_refused', 'Messages heard that were none', (bus) => bus.refused],
      ['messages_repeated', 'Messages heard that were heard before', (bus) => bus.repeated],
      ['gaps', 'Times when something told was not heard', (bus) => bus.gaps],
      ['replays', 'Gaps that the log of the bus filled', (bus) => bus.replays],
      ['distrusts', 'Times when memory was made stale, for what was missed could not be had', (bus) => bus.distrusts],
      ['errors', 'Sendings that failed or took too long', (bus) => bus.errors],
      ['overflows', 'Times when more had to be told than could wait', (bus) => bus.overflows],
    ];
    this.#counter('bus_messages_total', 'Messages sent and heard', ['bus', 'direction'], ({ bus }) =>
      bus === null
        ? []
        : [
            [{ bus: bus.name, direction: 'out' }, bus.messages],
            [{ bus: bus.name, direction: 'in' }, bus.received],
          ],
    );
    for (const [name, help, told] of counters) {
      this.#counter(`bus_${name}_total`, help, ['bus'], ({ bus }) => (bus === null ? [] : [[{ bus: bus.name }, told(bus)]]));
    }
    const gauges: readonly [name: string, help: string, (bus: WireBus) => number | null][] = [
      ['state', 'Whether services are in step: 0 not yet, 1 they are, 2 news may be missing', (bus) => BUS[bus.state] ?? 2],
      ['suspect', 'Whether news of other services may be missing', (bus) => (bus.state === 'live' ? 0 : 1)],
      ['peers', 'Other services that take part', (bus) => bus.peers],
      ['waiting', 'Changes that wait to be told', (bus) => bus.waiting],
      ['lag_seconds', 'What the last sign of life took to come back', ({ lagMs }) => (lagMs === null ? null : lagMs / SECOND)],
    ];
    for (const [name, help, told] of gauges) {
      this.#gauge(`bus_${name}`, help, ['bus'], ({ bus }) => {
        const value = bus === null ? null : told(bus);
        return bus === null || value === null ? [] : [[{ bus: bus.name }, value]];
      });
    }
  }

  /** A counter that the cache counts, told as it stands at each scrape. */
  #counter(name: string, help: string, labelNames: string[], told: (stats: WireStats) => Told[]): void {
    const stats = this.#stats;
    new Counter({
      name: `tiercel_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [labels, value] of told(stats())) this.inc(labels, value);
      },
    });
  }

  #gauge(name: string, help: string, labelNames: string[], told: (stats: WireStats) => Told[]): void {
    const stats = this.#stats;
    new Gauge({
      name: `tiercel_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [labels, value] of told(stats())) this.set(labels, value);
      },
    });
  }
}
