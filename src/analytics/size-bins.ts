/** Sizes are told apart by an eighth of an octave, and up to 2^24 entries. */
const STEPS_SHIFT = 3;
const STEPS = 2 ** STEPS_SHIFT;
const OCTAVES = 24;
const MAX_SIZE = 2 ** OCTAVES;

/** How many bins there are; the last holds all sizes that are larger. */
export const BINS: number = ((OCTAVES - STEPS_SHIFT + 1) << STEPS_SHIFT) + 1;

/** The bin of a size: of its bits the highest counts and the three behind it, as in a float. */
export function binOf(size: number): number {
  if (size >= MAX_SIZE) return BINS - 1;
  const whole = size | 0;
  if (whole < STEPS) return whole;
  const octave = 31 - Math.clz32(whole);
  return ((octave - STEPS_SHIFT + 1) << STEPS_SHIFT) + ((whole >>> (octave - STEPS_SHIFT)) & (STEPS - 1));
}

/** What share of the sizes in a bin are `size` or more, taking them to be spread evenly. */
export function shareFrom(size: number, bin: number): number {
  if (bin === BINS - 1) return 1;
  const [low, high] = [lowerEnd(bin), lowerEnd(bin + 1)];
  return Math.min(1, Math.max(0, (high - size) / (high - low)));
}

function lowerEnd(bin: number): number {
  if (bin < STEPS) return bin;
  return (STEPS + (bin & (STEPS - 1))) * 2 ** ((bin >> STEPS_SHIFT) - 1);
}
