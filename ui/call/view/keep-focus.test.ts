import assert from "node:assert/strict";
import { test } from "node:test";
import { keepFocus } from "./keep-focus.ts";

type Active = "body" | "none" | "button" | "other";

/** Which element has the focus after `keepFocus`, when the button had it before and `active` has it after the render. */
function focusAfter(active: Active, { connected = true, shown = true, focusable = true } = {}): unknown {
  const page = { body: "body", activeElement: active === "none" ? null : (active as unknown) };
  const element = (name: string, takes: boolean) => ({
    isConnected: connected,
    getClientRects: () => (shown ? [{}] : []) as unknown as DOMRectList,
    focus: () => void (takes && (page.activeElement = name === "button" ? button : name)),
  });
  const button = element("button", focusable);
  if (active === "button") page.activeElement = button;
  keepFocus(button, element("heading", true), page);
  return page.activeElement === button ? "button" : page.activeElement;
}

test("an element that was moved in the page gets the focus back", () => {
  assert.equal(focusAfter("body"), "button");
  assert.equal(focusAfter("none"), "button");
});

test("for one that disappeared the heading gets it", () => {
  assert.equal(focusAfter("body", { connected: false }), "heading");
  assert.equal(focusAfter("none", { shown: false }), "heading");
  assert.equal(focusAfter("button", { shown: false }), "heading", "hidden, and still the active element");
  assert.equal(focusAfter("body", { focusable: false }), "heading", "shown, and no longer to be focused");
});

test("a focus that is kept, or was moved on purpose, is left alone", () => {
  assert.equal(focusAfter("button"), "button");
  assert.equal(focusAfter("other"), "other");
  assert.equal(focusAfter("other", { connected: false }), "other");
  assert.equal(focusAfter("other", { shown: false }), "other");
});
