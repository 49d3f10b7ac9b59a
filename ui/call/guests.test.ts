import assert from "node:assert/strict";
import { test } from "node:test";
import type { Person, Standing } from "../protocol/standing.ts";
import { attendance, guestsOf, movedGuests, moveOf, whereabouts } from "./guests.ts";
import { openCall, standing } from "./testing/fixtures.ts";

type Change = Partial<Person>;

/** A host's standing with a companion, then the guest, and how each differs from one who has not opened their link. */
function withCompanion(guest: Change, companion: Change): Standing {
  const nobody = { waiting_since: null, connected: false, presence: null, seen_at: null, moved_at: null, entry: "outside" } as const;
  const people: Person[] = [
    { ...nobody, id: "par_host", name: "Dr. Weber", role: "host" },
    { ...nobody, id: "par_robin", name: "Robin Lang", role: "companion", ...companion },
    { ...nobody, id: "par_mira", name: "Mira Lang", role: "guest", ...guest },
  ];
  return { ...standing({ role: "host" }), people };
}

const WAITING: Change = { entry: "waiting", presence: "here" };

test("companions are expected too, the guest first", () => {
  assert.deepEqual(guestsOf(withCompanion({}, {})).map((person) => person.name), ["Mira Lang", "Robin Lang"]);
});

test("of several who are expected those are counted who are here", () => {
  assert.deepEqual(attendance(withCompanion({}, {})), { expected: 2, here: 0, away: false, gone: false });
  assert.deepEqual(attendance(withCompanion({}, WAITING)), { expected: 2, here: 1, away: false, gone: false });
  assert.equal(attendance(withCompanion(WAITING, { entry: "admitted", presence: "here" })).here, 2);
  const partly = attendance(withCompanion({ entry: "waiting", presence: "away" }, { entry: "admitted", presence: "gone" }));
  assert.deepEqual(partly, { expected: 2, here: 0, away: true, gone: true });
});

test("a companion who is there is named when the guest is not", () => {
  const named = (guest: Change, companion: Change): string => {
    const { kind, person } = whereabouts(withCompanion(guest, companion));
    return `${kind} ${person?.name}`;
  };
  assert.equal(named({}, {}), "not-here undefined");
  assert.equal(named({}, { presence: "here" }), "opened Robin Lang");
  assert.equal(named({ presence: "away" }, { presence: "here" }), "opened Mira Lang");
  assert.equal(named({ presence: "here" }, { entry: "admitted", presence: "here" }), "inside Robin Lang");
  assert.equal(named({ entry: "left" }, { entry: "waiting", presence: "gone" }), "gone Robin Lang");
});

test("a guest who moved is asked about, until the host knows or the guest leaves", () => {
  const moved: Change = { entry: "admitted", presence: "here", moved_at: "2026-11-20T10:55:00Z" };
  const asked = (guest: Change, knownMoves: readonly string[] = []): string[] =>
    movedGuests({ ...openCall(), standing: withCompanion(guest, {}), knownMoves }).map((person) => person.id);
  assert.deepEqual(asked({ ...moved, moved_at: null }), []);
  assert.deepEqual(asked(moved), ["par_mira"]);
  assert.deepEqual(asked({ ...moved, entry: "waiting" }), ["par_mira"], "in the waiting room too");
  assert.deepEqual(asked({ ...moved, entry: "left" }), []);
  const known = moveOf({ ...withCompanion(moved, {}).people[2] } as Person);
  assert.deepEqual(asked(moved, [known]), []);
  assert.deepEqual(asked({ ...moved, moved_at: "2026-11-20T10:58:00Z" }, [known]), ["par_mira"], "they moved again");
});
