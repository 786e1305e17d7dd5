// Dialogs of the page's own: they are in its language, and a web view that blocks the browser's shows them too.

import { translate } from "./i18n.js";

/** Ask before something that cannot be undone. @returns a promise of whether it was confirmed */
export function ask(text, confirmLabel) {
  return new Promise((resolve) => {
    const dialog = open(text);
    dialog.append(row(dialog, [translate("app.cancel"), ""], [confirmLabel, "yes"]));
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    dialog.showModal();
  });
}

/** Show an address to be copied by hand. */
export function showAddress(text, url) {
  const dialog = open(text);
  const field = document.createElement("input");
  Object.assign(field, { value: url, readOnly: true });
  field.setAttribute("aria-labelledby", "dialog-text");
  dialog.append(field, row(dialog, [translate("close"), ""]));
  dialog.showModal();
  field.select();
}

function open(text) {
  const dialog = document.createElement("dialog");
  const paragraph = document.createElement("p");
  paragraph.id = "dialog-text";
  paragraph.textContent = text;
  dialog.setAttribute("aria-labelledby", paragraph.id);
  dialog.append(paragraph);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  return dialog;
}

function row(dialog, ...choices) {
  const buttons = document.createElement("div");
  buttons.className = "choices";
  for (const [label, value] of choices) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "chip", textContent: label });
    button.addEventListener("click", () => dialog.close(value));
    buttons.append(button);
  }
  return buttons;
}
