import type { Bus } from '../bus/bus.ts';

/** A bus to be tested: a channel of its own, with an empty log, and what can be done to it. */
export interface BusSubject {
  /** The bus of one more process on the channel. It does not listen yet; the suite sees to that, and closes it. */
  connect(): Bus | Promise<Bus>;
  /** Resolves as soon as the condition holds; rejects when it does not within `ms` of the time the buses live in. */
  until(condition: () => boolean, ms: number): Promise<void>;
  readonly log: LogControl;
  readonly outage: OutageControl;
  /** Takes the channel away, after its buses were closed. */
  close(): Promise<void>;
}

/** Whether the bus keeps a log and, if it does, what can befall that. It must hold `LOGGED_COUNT` messages at least. */
export type LogControl =
  | { readonly isKept: false }
  | {
      readonly isKept: true;
      /** Deletes the log and makes it anew behind the backs of the buses; they may hear nothing of it. */
      recreate(): Promise<void>;
      /** Cuts the log so that nothing published so far is in it: by publishing past its bound, or at the server. */
      overrun(): Promise<void>;
    };

/** Whether the buses can lose their connection and, if they can, how. */
export type OutageControl =
  | { readonly canHappen: false }
  | {
      readonly canHappen: true;
      /** Cuts every bus of the channel off, in a way that they can see. */
      begin(): Promise<void>;
      /** Lets them come back. What the log had may be gone. */
      end(): Promise<void>;
    };

/** Makes a channel of its own for each test. */
export type BusFactory = () => BusSubject | Promise<BusSubject>;

/** So many messages of some bytes a suite counts on to be in the log. */
export const LOGGED_COUNT = 1_000;
