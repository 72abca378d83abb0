/** ENOSPC, EDQUOT and EFBIG: by name from Node.js, by number from LMDB; so are the ones below. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 28, 122, 27]);

const DENIED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 13, 1, 30]);

/**
 * What LMDB says of a store that is not usable any more: a page not found, corrupted,
 * panic, another version, invalid, a reader's place or a transaction lost, a problem.
 */
const FATAL: ReadonlySet<unknown> = new Set([-30797, -30796, -30795, -30794, -30793, -30783, -30782, -30779]);

/** Whether an error says that the disk has no room. */
export function isNoRoom(error: unknown): boolean {
  return NO_ROOM.has(codeOf(error));
}

/** Whether an error says that this process may not, or that the file system takes no writes. */
export function isDenied(error: unknown): boolean {
  return DENIED.has(codeOf(error));
}

/** Whether an error says that the store must be opened anew, and looked at before. */
export function isFatal(error: unknown): boolean {
  return FATAL.has(codeOf(error));
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
