/** Something an operator should know of a store. */
export interface LmdbWarning {
  /** `quarantined`: the data file could not be trusted, and an empty one has taken its place. `reopened`: the store failed or was moved. */
  readonly kind: 'quarantined' | 'reopened';
  readonly message: string;
  /** Where the data file is now that could not be trusted. */
  readonly movedTo?: string;
}
