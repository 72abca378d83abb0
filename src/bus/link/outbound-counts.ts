/** What became of what was to be told. */
export interface OutboundCounts {
  /** Messages the bus has taken. */
  messages: number;
  notices: number;
  /** Calls of the bus that failed or ran out of time. */
  errors: number;
  /** Times when more had to be told than could wait. */
  lostCount: number;
}
