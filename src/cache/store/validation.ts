import type { Entry } from '../../entry/entry.ts';
import { type Answer, chain } from '../../tiers/answer.ts';
import type { KindPlan } from '../kind/kind-plan.ts';

/**
 * The entry, its value of the shape the kind has now: as it was stored, as the
 * schema made it, or migrated; `undefined` when none of these will do.
 */
export function validated<V>(plan: Pick<KindPlan<unknown, V>, 'schema' | 'migrate'>, entry: Entry<V>): Answer<Entry<V> | undefined> {
  const { schema, migrate } = plan;
  if (!schema || entry.isNegative) return entry;
  const check = (value: unknown): Answer<Entry<V> | undefined> =>
    chain(schema['~standard'].validate(value), (result) => (result.issues ? undefined : { ...entry, value: result.value }));
  return chain(check(entry.value), (valid) => {
    if (valid || !migrate) return valid;
    const migrated = migrate(entry.value);
    return migrated === undefined ? undefined : check(migrated);
  });
}

/** What `check` makes of a stored value; nothing, and `refuse` is called, when it throws or finds it wanting. */
export function orRefused<T>(check: () => Answer<T | undefined>, refuse: () => void): Answer<T | undefined> {
  const judge = (value: T | undefined): T | undefined => {
    if (value === undefined) refuse();
    return value;
  };
  const failed = (): T | undefined => judge(undefined);
  try {
    const answer = check();
    return answer instanceof Promise ? answer.then(judge, failed) : judge(answer);
  } catch {
    return failed();
  }
}
