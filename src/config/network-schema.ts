import { z } from 'zod';
import type { NatsSettings } from './nats-settings.ts';
import type { RedisSettings } from './redis-settings.ts';
import { count, duration, flag, oneOf, size, strict, text } from './setting-forms.ts';

const address = text('an address, such as host:6379');
const nodes = z.array(address, 'write a list of addresses, each as host:port').min(1, 'write at least one address');
const user = text('the name of a user').optional();
const secret = text('text; put quotes around a number').optional();
const file = text('the path of a file').optional();
const certificates = strict({ ca: file, cert: file, key: file });

/** The forms of the settings of Redis. What they mean together is looked at afterwards. */
export const redisSchema: z.ZodType<RedisSettings> = strict({
  url: text('an address, such as redis://host:6379/0').optional(),
  sentinel: strict({ name: text('the name of the master'), nodes, username: user, password: secret }).optional(),
  cluster: strict({ nodes }).optional(),
  username: user,
  password: secret,
  database: count(0, 1_000_000, 'the number of a database, from 0 up').optional(),
  tls: z.union([flag, certificates], 'write true, or a group such as { ca: ca.pem }').optional(),
  prefix: text('the beginning of every key').optional(),
});

/** The forms of the settings of NATS. What they mean together is looked at afterwards. */
export const natsSchema: z.ZodType<NatsSettings> = strict({
  servers: z
    .union([text('an address'), z.array(text('an address'))], 'write an address such as nats://host:4222, or a list of them')
    .optional(),
  user,
  password: secret,
  token: secret,
  nkeyFile: file,
  credsFile: file,
  tls: certificates.optional(),
  channel: text('1 to 64 of A-Z a-z 0-9 _ -').optional(),
  jetstream: oneOf('auto', 'off', 'required').optional(),
  stream: strict({
    maxAge: duration.optional(),
    maxMessages: count(1, Number.MAX_SAFE_INTEGER, 'a whole number from 1 up').optional(),
    maxBytes: size.optional(),
    replicas: count(1, 5, 'a whole number from 1 to 5').optional(),
    storage: oneOf('file', 'memory').optional(),
  }).optional(),
});
