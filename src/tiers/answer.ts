/** An answer now, or the promise of one: who need not wait does not make the caller wait. */
export type Answer<T> = T | Promise<T>;

/** What `next` makes of an answer: now if it is there now, else when it comes. */
export function chain<T, U>(answer: Answer<T>, next: (value: T) => Answer<U>): Answer<U> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

/** All the answers in their order: now if all are there now. */
export function together<T>(answers: readonly Answer<T>[]): Answer<T[]> {
  return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers) : (answers as T[]);
}
