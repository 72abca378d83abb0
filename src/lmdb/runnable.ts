/** The module at `url`, a source, as this process runs it: built modules end in `.js`. */
export function runnable(url: URL): URL {
  return import.meta.url.endsWith('.ts') ? url : new URL(url.href.replace(/[.]ts$/, '.js'));
}
