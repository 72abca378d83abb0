import { describe, expect, test } from 'vitest';
import { type Bounds, check } from './checker.ts';
import { type FinalRead, History, type ReadAnswer, type ReadCall, type Span } from './history.ts';

interface ReadLine {
  readonly node?: string;
  readonly call?: ReadCall;
  readonly at: number;
  readonly until?: number;
  readonly answer?: Partial<ReadAnswer>;
  readonly error?: string;
}

/** A history by hand: `set` and `read` of one key, at the instants given. */
class Tale {
  readonly history = new History();

  set(n: number, at: number, until: number | undefined, options: { readonly node?: string; readonly error?: string } = {}): this {
    const { node = 'a', error } = options;
    const settled = until === undefined ? {} : { settledAt: until };
    this.history.writes.push({ node, call: 'set', changes: [{ key: 'k', n }], invokedAt: at, ...settled, ...(error ? { error } : {}) });
    return this;
  }

  read(n: number | undefined, line: ReadLine): this {
    this.history.reads.push(this.#lineOf(n, line));
    return this;
  }

  finally(n: number | undefined, seenBy: FinalRead['seenBy'] = 'node', line: Partial<ReadLine> = {}): this {
    this.history.finalReads.push({ ...this.#lineOf(n, { at: 90_000, ...line }), seenBy });
    return this;
  }

  blind(span: Span): this {
    this.history.blind.push(span);
    return this;
  }

  invariants(bounds?: Bounds): number[] {
    return check(this.history, bounds).violations.map(({ invariant }) => invariant);
  }

  #lineOf(n: number | undefined, { node = 'b', call = 'get', at, until = at + 1, answer, error }: ReadLine) {
    const told = error === undefined ? { answer: { n, isFresh: true, ...answer } } : { error };
    return { node, call, key: 'k', invokedAt: at, settledAt: until, ...told };
  }
}

describe('invariant 2: bounded staleness', () => {
  test('an older value within a second of the acknowledgement is allowed, and measured', () => {
    const tale = new Tale().set(1, 0, 5).set(2, 100, 110).read(1, { at: 1_000 }).read(2, { at: 1_200 });
    expect(check(tale.history)).toEqual({ violations: [], worstStalenessMs: { live: 890, blind: 0 } });
  });

  test('an older value later than that is found', () => {
    expect(new Tale().set(1, 0, 5).set(2, 100, 110).read(1, { at: 1_111 }).invariants()).toEqual([2]);
  });

  test('an older value on the node that wrote is found at once', () => {
    expect(new Tale().set(1, 0, 5).set(2, 100, 110).read(1, { node: 'a', at: 111 }).invariants()).toEqual([2]);
  });

  test('it counts from the beginning of the read: what was asked in time may come late', () => {
    expect(new Tale().set(2, 100, 110).read(1, { at: 1_000, until: 1_900 }).invariants()).toEqual([]);
  });

  test('a stale value that says so is no violation, and nothing is no value', () => {
    const tale = new Tale()
      .set(2, 0, 5)
      .read(1, { at: 5_000, answer: { isFresh: false } })
      .read(undefined, { at: 6_000 });
    expect(tale.invariants()).toEqual([]);
  });

  test('a write that failed, or never ended, obliges nobody', () => {
    const tale = new Tale().set(2, 0, 5, { error: 'down' }).set(3, 10, undefined).read(1, { at: 9_000 });
    expect(tale.invariants()).toEqual([]);
  });

  test('a newer value than was acknowledged is as good', () => {
    expect(new Tale().set(2, 0, 5).set(3, 10, undefined).read(3, { at: 9_000 }).invariants()).toEqual([]);
  });

  test('a node without its bus has longer, but not for ever', () => {
    const blind = (): Tale => new Tale().set(2, 100, 110).blind({ node: 'b', from: 50, to: 60_000 });
    expect(blind().read(1, { at: 2_600 }).invariants()).toEqual([]);
    expect(blind().read(1, { at: 2_650 }).invariants()).toEqual([2]);
    expect(blind().read(1, { node: 'c', at: 2_000 }).invariants()).toEqual([2]);
  });

  test('a node has as long when it is the writer that has no bus', () => {
    const blind = (): Tale => new Tale().set(2, 100, 110).blind({ node: 'a', from: 50, to: 60_000 });
    expect(blind().read(1, { at: 2_600 }).invariants()).toEqual([]);
    expect(blind().read(1, { at: 2_650 }).invariants()).toEqual([2]);
    expect(blind().read(1, { node: 'a', at: 200 }).invariants()).toEqual([2]);
  });

  test('once the bus is back there is a second', () => {
    const blind = (): Tale => new Tale().set(2, 100, 110).blind({ node: 'b', from: 50, to: 1_200 });
    expect(blind().read(1, { at: 2_190 }).invariants()).toEqual([]);
    expect(blind().read(1, { at: 2_210 }).invariants()).toEqual([2]);
  });

  test('what a writer says that reaches neither bus nor tier counts from when it does', () => {
    const cutOff = (): Tale => {
      const tale = new Tale().set(2, 100, 110).blind({ node: 'a', from: 50, to: 8_000 });
      tale.history.cutOff.push({ node: 'a', from: 50, to: 8_000 });
      return tale;
    };
    expect(cutOff().read(1, { at: 8_900 }).invariants()).toEqual([]);
    expect(cutOff().read(1, { at: 9_100 }).invariants()).toEqual([2]);
  });

  test('a span of a process concerns its members, and one without a name concerns all', () => {
    expect(new Tale().set(2, 100, 110).blind({ node: 'b', from: 0, to: 9_000 }).read(1, { node: 'b/1', at: 2_000 }).invariants()).toEqual(
      [],
    );
    expect(new Tale().set(2, 100, 110).blind({ from: 0, to: 9_000 }).read(1, { at: 2_000 }).invariants()).toEqual([]);
  });
});

describe('invariant 3: no going back', () => {
  test('a node that has seen a value answers with no older one, acknowledged or not', () => {
    expect(new Tale().read(5, { at: 10 }).read(4, { at: 20 }).invariants()).toEqual([3]);
    expect(
      new Tale()
        .read(5, { at: 10 })
        .read(4, { at: 20, answer: { isFresh: false } })
        .invariants(),
    ).toEqual([3]);
  });

  test('reads at the same time, and those of other nodes, are in no order', () => {
    const tale = new Tale().read(5, { at: 10, until: 30 }).read(4, { at: 20 }).read(4, { node: 'c', at: 50 });
    expect(tale.invariants()).toEqual([]);
  });
});

describe('invariants 4 and 5: what is left when all is quiet', () => {
  test('a node that is right, or has nothing, is fine', () => {
    const tale = new Tale().set(2, 0, 5).finally(2).finally(3).finally(undefined).finally(2, 'shared').finally(undefined, 'shared');
    expect(tale.invariants()).toEqual([]);
  });

  test('an invalidation that was lost is found, however long the node was blind', () => {
    expect(new Tale().set(2, 0, 5).blind({ from: 0, to: 99_000 }).finally(1).invariants()).toEqual([4]);
  });

  test('an older value in the shared tier is found, unless it lost what it had taken', () => {
    const tale = new Tale().set(2, 0, 5).finally(1, 'shared');
    expect(tale.invariants()).toEqual([5]);
    tale.history.isSharedTierLossy = true;
    expect(tale.invariants()).toEqual([]);
  });

  test('a node that cannot read any more is found', () => {
    expect(new Tale().finally(undefined, 'node', { error: 'down' }).invariants()).toEqual([6]);
  });
});

describe('invariants 6, 7 and 11', () => {
  test('a read that fails, or takes long, is found', () => {
    expect(new Tale().read(undefined, { at: 10, error: 'tier down' }).read(1, { at: 20, until: 1_100 }).invariants()).toEqual([6, 6]);
  });

  test('but it may fail while the source is down, and be late while the node stands still', () => {
    const tale = new Tale().read(undefined, { at: 10, error: 'source down' }).read(1, { node: 'c', at: 20, until: 1_100 });
    tale.history.sourceDown.push({ node: 'b', from: 0, to: 100 });
    tale.history.stopped.push({ node: 'c', from: 30, to: 1_000 });
    expect(tale.invariants()).toEqual([]);
  });

  test('a write that does not settle in time is found', () => {
    expect(new Tale().set(1, 0, 10_100).invariants()).toEqual([7]);
  });

  test('an accident is found', () => {
    const tale = new Tale();
    tale.history.accidents.push({ node: 'a', what: 'unhandled rejection', at: 5 });
    expect(tale.invariants()).toEqual([11]);
  });
});
