import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsSettings } from './nats-settings.ts';

/** What the stream is to be like, as the server has it. */
export function wantedShape({ streamName, subjects, stream }: NatsSettings): Partial<StreamConfig> & { readonly name: string } {
  return {
    name: streamName,
    description: 'What Tiercel told lately, so that a process can be told again what it missed',
    subjects: [subjects.news],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    storage: stream.storage === 'file' ? StorageType.File : StorageType.Memory,
    max_age: nanos(stream.maxAgeMs),
    max_msgs: stream.maxMessages,
    max_bytes: stream.maxBytes,
    num_replicas: stream.replicas,
    allow_direct: true,
  };
}

/** What speaks against using a stream that is there already; `undefined` when nothing does. */
export function unfit(found: StreamConfig, { streamName, subjects }: NatsSettings): string | undefined {
  const faults = [
    found.subjects?.includes(subjects.news) ? [] : [`does not have the subject "${subjects.news}"`],
    found.discard === DiscardPolicy.New ? ['refuses messages when it is full'] : [],
    found.retention === RetentionPolicy.Limits ? [] : [`is of retention "${found.retention}"`],
    found.sealed ? ['is sealed'] : [],
  ].flat();
  return faults.length === 0 ? undefined : `The stream "${streamName}" ${faults.join(' and ')}; delete it, or mend it`;
}

/** In what a stream that is there already is not as it is wanted, for people. */
export function differences(found: StreamConfig, settings: NatsSettings): readonly string[] {
  const wanted = wantedShape(settings);
  const compared = ['storage', 'max_age', 'max_msgs', 'max_bytes', 'num_replicas'] as const;
  return compared.filter((name) => found[name] !== wanted[name]).map((name) => `${name} is ${found[name]} and not ${wanted[name]}`);
}
