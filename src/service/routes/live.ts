import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.ts';
import { answers } from '../schemas.ts';
import type { WireMoment, WireStats } from '../wire.ts';

/** Those who follow the statistics, each an open response. */
export class LiveStreams {
  readonly #most: number;
  readonly #streams = new Set<NodeJS.WritableStream>();

  /** @param most how many may follow at once. */
  constructor(most: number) {
    this.#most = most;
  }

  get hasRoom(): boolean {
    return this.#streams.size < this.#most;
  }

  get isEmpty(): boolean {
    return this.#streams.size === 0;
  }

  /** Begins to tell a stream, until it is closed. */
  add(stream: NodeJS.WritableStream): void {
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
  }

  /** Tells all. Who has not yet read the last event misses this one: nothing piles up. */
  tell(stats: WireStats): void {
    const event = eventOf('stats', stats);
    for (const stream of this.#streams) {
      if (!hasUnread(stream)) stream.write(event);
    }
  }

  /** Ends all, as the service does when it stops. */
  end(): void {
    for (const stream of this.#streams) stream.end();
  }
}

/** `GET /v1/live`: the statistics as server-sent events, at once and then each second. */
export function liveRoutes(
  app: FastifyInstance,
  streams: LiveStreams,
  board: { stats(): WireStats; readonly history: readonly WireMoment[] },
): void {
  const schema = {
    summary: 'The statistics, once a second, as server-sent events',
    tags: ['statistics'],
    response: answers({
      200: {
        description: 'One event "history", then events "stats", whose data is as GET /v1/stats',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    }),
  };
  app.get('/v1/live', { schema }, (_request, reply) => {
    if (!streams.hasRoom) {
      reply.header('retry-after', '5');
      throw new Problem('ERR_BUSY', 'As many live streams are open as may be; close one, or raise server.maxLiveClients');
    }
    reply.hijack();
    reply.raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    reply.raw.write(eventOf('history', board.history) + eventOf('stats', board.stats()));
    streams.add(reply.raw);
  });
}

function eventOf(name: 'history' | 'stats', data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function hasUnread(stream: NodeJS.WritableStream): boolean {
  return 'writableNeedDrain' in stream && stream.writableNeedDrain === true;
}
