import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageLog } from '../../../src/bus/in-process/message-log.ts';

describe('MessageLog', () => {
  test('vouches for exactly what it still has, for any run of messages and any mark', () => {
    const counts = fc.array(fc.nat(12), { size: 'max', maxLength: 40 });
    fc.assert(
      fc.property(fc.nat(50), counts, (keep, bursts) => {
        const log = new MessageLog(keep);
        const places = [{ mark: log.mark, count: 0 }];
        const all: Uint8Array[] = [];
        for (const burst of bursts) {
          for (let n = 0; n < burst; n += 1) {
            const bytes = Buffer.from(`${all.length}`);
            log.append(bytes);
            all.push(bytes);
          }
          places.push({ mark: log.mark, count: all.length });
        }
        const kept = Math.min(keep, all.length);
        for (const { mark, count } of places) {
          const isWhole = all.length - count <= kept;
          expect(log.since(mark)).toStrictEqual({ messages: all.slice(isWhole ? count : all.length - kept), isWhole });
        }
      }),
    );
  });

  test('tells all it has to who comes with a mark of another log, and does not vouch for it', () => {
    const [log, other] = [new MessageLog(10), new MessageLog(10)];
    log.append(Buffer.from('m'));
    expect(log.since(other.mark)).toStrictEqual({ messages: [Buffer.from('m')], isWhole: false });
  });
});
