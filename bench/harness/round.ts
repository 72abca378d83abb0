import { scenarios } from '../scenarios/scenarios.ts';
import type { Effort } from './effort.ts';

// One round of one subject: `round.ts SCENARIO SUBJECT EFFORT`, run by `rounds.ts`, which it tells the figures.
const [name, subject = '', effort = ''] = process.argv.slice(2);
const trial = scenarios.find((scenario) => scenario.name === name)?.subjects[subject];
if (!trial) throw new Error(`Scenario "${name}" has no subject "${subject}"`);
const figures = await trial(JSON.parse(effort) as Effort);
process.send?.(figures ?? null, () => process.exit());
