/** The keys of a run, in groups that can be invalidated together, by tag and by pattern. */
export class Keyspace {
  readonly keys: readonly string[];
  readonly groups: readonly string[];
  readonly #byGroup: ReadonlyMap<string, readonly string[]>;

  /** @param count of keys; half of each group is of the kind `versioned`, half of the kind `dated`. */
  constructor(count: number, groupCount = 4) {
    this.groups = Array.from({ length: groupCount }, (_, at) => `g${at}`);
    this.keys = Array.from({ length: count }, (_, at) => {
      const kind = Math.floor(at / groupCount) % 2 === 0 ? 'versioned' : 'dated';
      return `${kind}:g${at % groupCount}-${at}`;
    });
    this.#byGroup = Map.groupBy(this.keys, groupOf);
  }

  /** The keys that carry the tag of a group. */
  tagged(group: string): readonly string[] {
    return this.#byGroup.get(group) ?? [];
  }

  /** The keys that match the pattern of a group. */
  matching(group: string): readonly string[] {
    return this.tagged(group).filter((key) => key.startsWith(patternOf(group).slice(0, -1)));
  }
}

/** The group of a key, which is its tag as well. */
export function groupOf(key: string): string {
  return key.slice(key.indexOf(':') + 1, key.indexOf('-'));
}

/** The pattern of a group: its keys of the one kind, and not those of the other. */
export function patternOf(group: string): string {
  return `versioned:${group}-*`;
}
