// @ts-check
/** What the page is made of. Whatever comes from the service is set as text, never as markup: a key may hold anything. */

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {(string | Node)[]} content
 */
export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/**
 * One line of a list of places: its name, its state and what there is to say of it.
 *
 * @param {string} name
 * @param {string} state
 * @param {'' | 'warn' | 'bad'} mood
 * @param {string[]} about
 */
export function place(name, state, mood, about) {
  return element(
    'li',
    '',
    element('span', 'name', name),
    element('span', mood === '' ? 'state' : `state ${mood}`, state),
    element('span', 'about', about.join(' · ')),
  );
}
