import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { SECOND } from '../time/duration.ts';
import { VERSION } from './version.ts';
import type { WireStats } from './wire.ts';

/** 50 µs to 10 s. */
const BUCKETS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

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
    this.#addCounters();
    this.#addGauges();
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
    this.#counter('evictions_total', 'Entries that left memory for room', ['kind'], ({ kinds }) =>
      kinds.map((kind) => [{ kind: kind.name }, kind.evicted]),
    );
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
    this.#counter('decode_errors_total', 'Bytes of a tier that were not taken', ['tier'], ({ tiers }) =>
      tiers.map((tier) => [{ tier: tier.name }, tier.refused]),
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

  #addGauges(): void {
    this.#gauge('entries', 'Entries in memory', ['kind'], ({ kinds }) => kinds.map((kind) => [{ kind: kind.name }, kind.entries]));
    this.#gauge('bytes', 'Bytes in memory', [], ({ memory }) => [[{}, memory.bytes]]);
    this.#gauge('max_entries', 'Entries that memory may hold', [], ({ memory }) => [[{}, memory.maxEntries]]);
    this.#gauge('max_bytes', 'Bytes that memory may hold', [], ({ memory }) => [[{}, memory.maxBytes]]);
    this.#gauge('dependency_up', 'Whether a tier answers', ['dep'], ({ tiers }) =>
      tiers.map((tier) => [{ dep: tier.name }, tier.isUp ? 1 : 0]),
    );
    this.#gauge('draining', 'Whether the service is shutting down', [], ({ service }) => [[{}, service.isDraining ? 1 : 0]]);
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
