/** The door: a token, pasted. */

import { fill, h } from "../dom.js";

/** @param {(token: string) => void} enter @returns {import("../main.js").View} */
export const signInView = (enter) => (root) => {
  const field = /** @type {HTMLInputElement} */ (
    h("input", {
      id: "token", name: "token", type: "password", required: true, autocomplete: "current-password",
      autocapitalize: "off", spellcheck: "false", "aria-describedby": "token-help",
    })
  );
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (field.value.trim()) enter(field.value.trim());
  };
  fill(root, h(
    "div", { class: "door" },
    h("img", { src: "favicon.svg", alt: "", width: 64, height: 64 }),
    h("h1", {}, "Go Meet People"),
    h("p", { class: "lead" }, "The public events of your week where you have a good chance to talk with someone who hires, and why we think so."),
    h("form", { class: "stack", onsubmit: submit },
      // Password managers file the token under this name.
      h("input", { type: "text", autocomplete: "username", value: "Go Meet People", hidden: true }),
      h("div", { class: "field" }, h("label", { for: "token" }, "Your token"), field),
      h("p", { class: "hint", id: "token-help" }, "It came with your invitation. It stays on this device, and you can sign out at any time."),
      h("button", { class: "button primary wide", type: "submit" }, "Sign in")),
  ));
  return { title: "Sign in" };
};
