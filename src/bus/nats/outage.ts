import { BusError, textOf } from '../../errors.ts';

/** What the system says of a server that cannot be reached for now. */
const CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What the client says when a server opened the connection, and closed it or said nothing. */
const SILENT = /^(timeout|error connecting - node provided an undefined error)$/;

/** Whether a failure to connect will pass by itself; any other needs an operator. */
export function isOutage(failure: unknown): boolean {
  if (!(failure instanceof Error)) return true;
  return CODES.has(codeOf(failure)) || CODES.has(codeOf(failure.cause)) || SILENT.test(failure.message);
}

/** Why there is no connection, for people. */
export function reasonOf(failure: unknown): string {
  if (failure instanceof BusError) return failure.message;
  const text = textOf(failure);
  return SILENT.test(text) ? 'no server answered' : text;
}

function codeOf(failure: unknown): unknown {
  return typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
}
