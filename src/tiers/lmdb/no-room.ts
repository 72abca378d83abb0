const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 28, 122, 27]);

/** Whether an error says that the disk has no room, as the system or as LMDB says it. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CODES.has(error.code);
}
