import { jetstreamManager, type StreamAPI } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsServer } from '../../servers/nats-server.ts';

/** Does something to the streams of a server, behind the backs of its buses. */
export async function streamsOf<T>(server: NatsServer, action: (streams: StreamAPI) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: server.url.replace(/^\w+:\/\//, '') });
  try {
    const { streams } = await jetstreamManager(connection);
    return await action(streams);
  } finally {
    await connection.close();
  }
}
