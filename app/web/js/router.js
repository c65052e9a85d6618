/** Addresses live in the fragment: `#/events/<id>`, `#/?day=2026-11-26&free=1`. */

/** @param {string} [hash] @returns {import("./types.js").Route} */
export function parse(hash = location.hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?", 2);
  return { path: path.split("/").filter(Boolean).map(decode), params: new URLSearchParams(query) };
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {string} path @param {URLSearchParams} [params] */
export function href(path, params) {
  const query = params?.toString();
  return `#/${path}${query ? `?${query}` : ""}`;
}

/**
 * Goes to an address. With `replace` the present entry of the history is overwritten, so that
 * typing in a search field does not cost one press of "back" a letter.
 * @param {string} target a fragment @param {{replace?: boolean}} [options]
 */
export function go(target, { replace = false } = {}) {
  if (!replace) {
    location.hash = target;
    return;
  }
  history.replaceState(history.state, "", target);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/**
 * Takes a sign-in token out of `#token=…` and removes it from the address bar and the history.
 * @returns {string|null}
 */
export function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found === null) return null;
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  return found.trim() || null;
}
