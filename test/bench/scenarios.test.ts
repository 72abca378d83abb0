import { expect, test } from 'vitest';
import { scenarios } from '../../bench/scenarios/scenarios.ts';

test('each scenario has a name of its own, for results are kept by it', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'the bars and the limit of %s are about what it measures',
  (_, scenario) => {
    const subjects = Object.keys(scenario.subjects);
    const metrics = scenario.metrics.map(({ name }) => name);
    expect(subjects).toContain(scenario.limit);
    for (const { subject, metric, of } of scenario.bars) {
      expect(subjects).toContain(subject);
      expect(metrics).toContain(metric);
      if (of !== undefined) expect(subjects).toContain(of);
    }
  },
);
