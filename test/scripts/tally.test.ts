import { describe, expect, test } from 'vitest';
import { closingLine, tallyOf } from '../../scripts/tally.mjs';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((one) => ({ status: one })) });

describe('tallyOf', () => {
  test('counts what passed, failed and was skipped', () => {
    const testResults = [file('failed', 'passed', 'failed', 'pending'), file('passed', 'passed', 'todo')];
    expect(tallyOf({ testResults }, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  test('counts a file that fails as a whole', () => {
    expect(tallyOf({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(tallyOf({ testResults: [file('failed', 'passed', 'pending')] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  test('counts an error that nobody caught', () => {
    expect(tallyOf({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('counts a run without a test, and one without a report', () => {
    expect(tallyOf({ testResults: [] }, 0).failed).toBe(1);
    expect(tallyOf({ testResults: [file('passed', 'pending')] }, 0)).toEqual({ passed: 0, failed: 1, skipped: 1 });
    expect(tallyOf(undefined, 0).failed).toBe(1);
  });
});

test('closingLine tells of skipped tests only when there are some', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(closingLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped');
});
