import { expect, test } from 'vitest';
import { busWarnings } from '../../src/config/bus-warnings.ts';

test('a service says once that it is out of step, and once that it is in step again', () => {
  const told: string[] = [];
  const hear = busWarnings((message) => told.push(message));
  const event = (state: string, reason = '') => hear({ cache: 'service', bus: 'nats', state, reason });
  event('starting', 'listening for the other processes');
  event('live');
  expect(told).toEqual([]);
  event('suspect', 'connection refused');
  event('suspect', 'a message of process x is missing');
  event('live');
  event('closed', 'closed');
  expect(told).toEqual([
    'Not in step with the other services, and memory is believed for a short while only: bus "nats": connection refused',
    'In step with the other services again, over the bus "nats"',
  ]);
});

test('a bus that is not there at the start is told of, until it is', () => {
  const told: string[] = [];
  const hear = busWarnings((message) => told.push(message));
  hear({ cache: 'service', bus: 'nats', state: 'starting', reason: 'connection refused' });
  hear({ cache: 'service', bus: 'nats', state: 'starting', reason: 'listening for the other processes' });
  hear({ cache: 'service', bus: 'nats', state: 'live', reason: '' });
  expect(told).toHaveLength(2);
});
