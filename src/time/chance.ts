/** A number from 0 up to 1, at random: the only source of chance, so that a test can put another in its place. */
export const chance: () => number = Math.random;
