import assert from "node:assert/strict";
import { test } from "node:test";
import { cornerAt, cornerFrom, cornerTowards, type ArrowPress } from "./own-corner.ts";

test("a picture goes to the corner that is nearest to where it is dropped", () => {
  assert.equal(cornerAt({ x: 0.1, y: 0.9 }, false), "bottom-start");
  assert.equal(cornerAt({ x: 0.7, y: 0.2 }, false), "top-end");
  assert.equal(cornerAt({ x: 0.7, y: 0.2 }, true), "top-start", "from right to left");
  assert.equal(cornerAt({ x: 0.1, y: 0.2 }, true), "top-end");
});

test("an arrow key moves it along one edge", () => {
  const lowerRight = { x: 0.9, y: 0.9 };
  const press = (key: string): ArrowPress => ({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false });
  assert.equal(cornerTowards(press("ArrowUp"), lowerRight, false), "top-end");
  assert.equal(cornerTowards(press("ArrowLeft"), lowerRight, false), "bottom-start");
  assert.equal(cornerTowards(press("ArrowLeft"), lowerRight, true), "bottom-end");
  assert.equal(cornerTowards(press("ArrowRight"), lowerRight, false), "bottom-end", "where it is");
  assert.equal(cornerTowards(press("Enter"), lowerRight, false), undefined);
  for (const modifier of ["altKey", "ctrlKey", "metaKey", "shiftKey"]) {
    assert.equal(cornerTowards({ ...press("ArrowLeft"), [modifier]: true }, lowerRight, false), undefined, modifier);
  }
});

test("a corner that is not known is not restored", () => {
  assert.equal(cornerFrom("top-end"), "top-end");
  for (const other of [undefined, null, "middle", 7]) assert.equal(cornerFrom(other), undefined);
});
