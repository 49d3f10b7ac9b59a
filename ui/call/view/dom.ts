// DOM helpers instead of a framework: create elements, and change only what differs.
// No style attributes (forbidden by the Content Security Policy) and no HTML strings (injection).

type Value = string | number | boolean | undefined | ((event: Event) => void);
type Child = Node | string | undefined;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else attr(element, name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A button of base.css; `kinds` are its variants there: "primary", "small quiet". */
export function button(kinds: string, onclick: () => void, ...children: Child[]): HTMLButtonElement {
  const variants = kinds
    .split(" ")
    .filter(Boolean)
    .map((kind) => ` button--${kind}`);
  return h("button", { type: "button", class: `button${variants.join("")}`, onclick }, ...children);
}

/** `true` sets an empty attribute; `false` and `undefined` remove it. */
export function attr(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === false || value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Unchanged text is not set again, so that a screen reader does not repeat it every second. */
export function text(element: Element, content: string): void {
  if (element.textContent !== content) element.textContent = content;
}

export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible;
}

/** Keeps one element per key, in order; creates and removes elements as the list changes. */
export function list<T, V extends { node: HTMLElement }>(
  parent: HTMLElement,
  kept: Map<string, V>,
  items: readonly T[],
  keyOf: (item: T) => string,
  make: (item: T) => V,
): void {
  const keys = new Set(items.map(keyOf));
  for (const [key, view] of kept) {
    if (keys.has(key)) continue;
    view.node.remove();
    kept.delete(key);
  }
  items.forEach((item, n) => {
    const key = keyOf(item);
    const view = kept.get(key) ?? make(item);
    kept.set(key, view);
    // Moving an element that is already in place would restart its video.
    if (parent.children[n] !== view.node) parent.insertBefore(view.node, parent.children[n] ?? null);
  });
}
