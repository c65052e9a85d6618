/** Elements without markup strings: whatever comes from the API becomes a text node. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * One element. `on…` props are listeners, `style` an object of CSS properties (set through the
 * CSSOM, which the content security policy allows), true and false switch an attribute.
 * @param {string} tag
 * @param {Record<string, unknown>} [props]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...nodes(children));
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {unknown} value */
function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  } else if (name === "style") {
    for (const [key, css] of Object.entries(/** @type {object} */ (value))) {
      element.style.setProperty(key, String(css));
    }
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {(Child|Child[])[]} children @returns {(Node|string)[]} */
function nodes(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Replaces what an element holds.
 * @param {Element} element @param {...(Child|Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/**
 * A glyph of icons.svg; decoration only, the words stand beside it.
 * @param {string} name @param {string} [className]
 */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/**
 * A link target from foreign data: http and https pass, everything else (javascript:, data:) is null.
 * @param {string|null|undefined} url
 */
export function safeUrl(url) {
  if (!url || !URL.canParse(url, document.baseURI)) return null;
  const parsed = new URL(url, document.baseURI);
  return ["http:", "https:"].includes(parsed.protocol) ? parsed.href : null;
}

/**
 * A link that leaves the page; only its text where the address is not one we would open.
 * @param {string|null|undefined} url @param {Child|Child[]} label @param {Record<string, unknown>} [props]
 */
export function externalLink(url, label, props = {}) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, label);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, label);
}

/** @param {string} label @param {Record<string, unknown>} props @param {string} [glyph] */
export function button(label, props, glyph) {
  return h("button", { type: "button", class: "button", ...props }, glyph && icon(glyph), label);
}
