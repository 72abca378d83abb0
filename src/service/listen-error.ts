/** The service cannot listen where it was told to; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  /** The error that a failure to listen is. */
  static of(cause: unknown, host: string, port: number): ListenError {
    return new ListenError(refusal(cause, host, port), { cause });
  }
}

function refusal(cause: unknown, host: string, port: number): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken; stop what listens there, or take another with --port`;
    case 'EACCES':
      return `Port ${port} may not be listened on by this user; take one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `"${host}" is no address of this machine; take 127.0.0.1 with --host`;
    default:
      return `Listening on ${host}:${port} failed: ${(cause as Error).message}`;
  }
}
