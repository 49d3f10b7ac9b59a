import assert from "node:assert/strict";
import { test } from "node:test";
import { fitOf, hasChoice } from "./picture-fit.ts";

const PORTRAIT_PHONE = { width: 720, height: 1280 };
const WEBCAM = { width: 1280, height: 720 };
const DESKTOP = { width: 1280, height: 800 };

test("a picture of another shape than its tile is shown whole, unless the person has chosen", () => {
  assert.equal(fitOf(PORTRAIT_PHONE, DESKTOP, undefined), "whole");
  assert.equal(fitOf(WEBCAM, { width: 390, height: 844 }, undefined), "whole");
  assert.equal(fitOf(WEBCAM, DESKTOP, undefined), "fill");
  assert.equal(fitOf(PORTRAIT_PHONE, DESKTOP, "fill"), "fill");
  assert.equal(fitOf(WEBCAM, DESKTOP, "whole"), "whole");
});

test("there is a choice where both would differ", () => {
  assert.equal(hasChoice(PORTRAIT_PHONE, DESKTOP), true);
  assert.equal(hasChoice(WEBCAM, { width: 1600, height: 900 }), false);
  assert.equal(hasChoice({ width: 0, height: 0 }, DESKTOP), false, "before the first frame");
});
