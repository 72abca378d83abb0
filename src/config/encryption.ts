import { type KeyRing, keyRing } from '../entry/key-ring.ts';
import { ConfigError } from '../errors.ts';
import type { Settings } from './settings.ts';

/**
 * The ring of the keys that are set; `undefined` when none are.
 *
 * @throws ConfigError when they cannot be used, or when a kind is sensitive and there are none.
 */
export function keyRingOf(settings: Settings, onWarning?: (message: string) => void): KeyRing | undefined {
  const { keys, keysFile } = settings.encryption;
  const options = onWarning ? { onWarning } : {};
  if (keys !== undefined && keysFile !== undefined)
    throw new ConfigError(
      'Encryption keys are set as text and as a file; leave one of encryption.keys and encryption.keysFile, or one of their variables',
    );
  if (keys !== undefined) return keyRing(keys, options);
  if (keysFile !== undefined) return keyRing({ file: keysFile }, options);
  const [secret] = sensitiveKinds(settings);
  if (secret !== undefined && settings.cache.enabled && hasTiers(settings)) {
    throw new ConfigError(
      `kinds.${secret}.sensitive is true and there is no key; set TIERCEL_ENCRYPTION_KEYS to 1:…, with what \`openssl rand -base64 32\` prints`,
    );
  }
  return undefined;
}

/** Whether entries leave the process. */
function hasTiers({ cache, redis }: Settings): boolean {
  return cache.store !== null || redis !== undefined;
}

/** The kinds that the settings call sensitive. */
export function sensitiveKinds({ kinds }: Settings): string[] {
  return Object.keys(kinds).filter((name) => kinds[name]?.sensitive === true);
}
