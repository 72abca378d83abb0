/**
 * The bus over NATS: keeps the memories of a fleet's processes in step.
 *
 * @packageDocumentation
 */

export { type NatsBus, nats } from '../bus/nats/nats-bus.ts';
export type { NatsOptions, NatsStream, NatsTls, NatsWarning } from '../bus/nats/nats-options.ts';
