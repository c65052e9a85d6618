/** Form fields with their labels. */

import { fill, h, icon } from "../dom.js";

/** @param {string} label @param {Record<string, unknown>} props of the input; `name` is its id too */
export const field = (label, props) =>
  h("div", { class: "field" }, h("label", { for: `f-${props.name}` }, label), h("input", { type: "text", id: `f-${props.name}`, ...props }));

/** @param {string} label @param {string} name @param {string[][]} options @param {string} value */
export const selectField = (label, name, options, value) =>
  h("div", { class: "field" }, h("label", { for: `f-${name}` }, label),
    h("select", { id: `f-${name}`, name }, options.map(([id, text]) => h("option", { value: id, selected: id === value }, text))));

/** @param {string} text */
export const hint = (text) => h("p", { class: "hint" }, text);

/**
 * Words as chips: Enter or a comma adds one, its cross takes it away.
 * @param {string} label @param {string} name @param {string[]} initial @param {string} placeholder
 */
export function chipsField(label, name, initial, placeholder) {
  const words = [...initial];
  const list = h("ul", { class: "words" });
  const box = /** @type {HTMLInputElement} */ (h("input", { type: "text", id: `f-${name}`, placeholder, enterkeyhint: "enter" }));
  const draw = () => fill(list, words.map((word) => h("li", {}, word, cross(word))));
  const cross = (/** @type {string} */ word) =>
    h("button", { type: "button", class: "round", "aria-label": `Remove ${word}`, onclick: () => {
      words.splice(words.indexOf(word), 1);
      draw();
      box.dispatchEvent(new InputEvent("input", { bubbles: true }));
      box.focus();
    } }, icon("close"));
  const take = () => {
    const fresh = box.value.split(",").map((word) => word.trim()).filter((word) => word && !words.includes(word));
    words.push(...new Set(fresh));
    box.value = "";
    draw();
  };
  box.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    if (event.key === "Enter" && !box.value.trim()) return;
    event.preventDefault();
    take();
  };
  box.onchange = take;
  draw();
  return { root: h("div", { class: "field" }, h("label", { for: `f-${name}` }, label), list, box), values: () => [...words] };
}
