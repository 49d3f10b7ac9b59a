// A drag and all its ends, on an element of plain values.

import assert from "node:assert/strict";
import { test } from "node:test";
import { draggable } from "./draggable.ts";

function testTile() {
  const attributes = new Map<string, string>();
  const properties = new Map<string, string>();
  const captured: number[] = [];
  const node = Object.assign(new EventTarget(), {
    hasAttribute: (name: string) => attributes.has(name),
    getAttribute: (name: string) => attributes.get(name) ?? null,
    setAttribute: (name: string, value: string) => void attributes.set(name, value),
    removeAttribute: (name: string) => void attributes.delete(name),
    setPointerCapture: (id: number) => void captured.push(id),
    style: { setProperty: (name: string, value: string) => void properties.set(name, value), removeProperty: (name: string) => void properties.delete(name) },
  });
  const state = { movable: true, drops: [] as (string | undefined)[] };
  const { drop } = draggable(node as unknown as HTMLElement, () => state.movable, () => state.drops.push(properties.get("--drag-x")));
  const pointer = (name: string, x = 0, more: object = {}): void => {
    node.dispatchEvent(Object.assign(new Event(name), { pointerId: 1, button: 0, buttons: 1, clientX: x, clientY: 0, ...more }));
  };
  const isAtRest = (): boolean => !attributes.has("data-dragging") && properties.size === 0;
  return { state, drop, pointer, isAtRest, captured, place: () => properties.get("--drag-x"), isDragged: () => attributes.has("data-dragging") };
}

test("a tile follows the pointer, and is dropped where the pointer lets go", () => {
  const { state, pointer, place, isDragged, isAtRest, captured } = testTile();
  pointer("pointerdown", 100);
  assert.deepEqual(captured, [1]);
  pointer("pointermove", 150);
  assert.deepEqual([place(), isDragged()], ["50px", true]);
  pointer("pointerup", 150);
  assert.deepEqual(state.drops, ["50px"], "before it goes back");
  assert.ok(isAtRest());
  pointer("lostpointercapture", 150);
  pointer("pointermove", 200);
  assert.deepEqual([state.drops.length, isAtRest()], [1, true]);
});

test("a tap, and a button that is not the first, move nothing", () => {
  const { state, pointer, isAtRest } = testTile();
  pointer("pointerdown");
  pointer("pointermove", 5);
  pointer("pointerup", 5);
  pointer("pointerdown", 0, { button: 2 });
  pointer("pointermove", 50);
  assert.deepEqual([state.drops, isAtRest()], [[], true]);
});

test("another pointer neither drags nor drops it", () => {
  const { state, pointer, place } = testTile();
  const second = { pointerId: 2 };
  pointer("pointerdown");
  pointer("pointermove", 50);
  for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel", "lostpointercapture"]) pointer(name, 300, second);
  pointer("pointermove", 60);
  assert.deepEqual([place(), state.drops], ["60px", []]);
  pointer("pointerup", 60);
  assert.equal(state.drops.length, 1);
});

test("without a pointerup a drag ends too, and the tile goes back", () => {
  const ends: Record<string, (tile: ReturnType<typeof testTile>) => void> = {
    pointercancel: ({ pointer }) => pointer("pointercancel", 50),
    lostpointercapture: ({ pointer }) => pointer("lostpointercapture", 50),
    "a move without a button": ({ pointer }) => pointer("pointermove", 60, { buttons: 0 }),
    "no longer movable": ({ drop }) => drop(),
  };
  for (const [name, end] of Object.entries(ends)) {
    const tile = testTile();
    tile.pointer("pointerdown");
    tile.pointer("pointermove", 50);
    end(tile);
    assert.ok(tile.isAtRest(), name);
    tile.pointer("pointermove", 70);
    tile.pointer("pointerup", 70);
    assert.deepEqual([tile.isAtRest(), tile.state.drops], [true, []], name);
  }
});

test("where its place is given it is not dragged", () => {
  const { state, pointer, isAtRest } = testTile();
  state.movable = false;
  pointer("pointerdown");
  pointer("pointermove", 50);
  assert.ok(isAtRest());
});
