/**
 * A hash of a key in 32 bits: FNV-1a over its UTF-16 units, then the finalizer of
 * MurmurHash3, so that every bit depends on all of the key.
 *
 * @param seed drawn at random by each process, so that nobody can choose keys that collide.
 */
export function hashOf(key: string, seed: number): number {
  let hash = seed ^ 0x811c_9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193);
  return finalized(hash);
}

/** Another 32 bits of a hash, for who has used up the first. */
export function remixed(hash: number): number {
  let mix = Math.imul(hash, 0x9e37_79b1);
  mix ^= mix >>> 15;
  mix = Math.imul(mix, 0x85eb_ca77);
  return mix ^ (mix >>> 13);
}

function finalized(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85eb_ca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2_ae35);
  return mix ^ (mix >>> 16);
}
