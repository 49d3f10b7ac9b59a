// The differences of two records: lines only in the first with a minus, lines only in the second with a plus, and before
// them the last common line.

/** @param {string[]} one @param {string[]} other @returns {string} empty when they are equal */
export function differences(one, other) {
  const common = longestCommonSubsequence(one, other);
  const lines = [];
  let [at, to] = [0, 0];
  for (const [left, right] of [...common, [one.length, other.length]]) {
    if (left > at || right > to) lines.push(`    after ${one[at - 1] ?? "the beginning"}`);
    for (; at < left; at += 1) lines.push(`  - ${one[at]}`);
    for (; to < right; to += 1) lines.push(`  + ${other[to]}`);
    [at, to] = [left + 1, right + 1];
  }
  return lines.join("\n");
}

/** As pairs of indices. */
function longestCommonSubsequence(one, other) {
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let at = one.length - 1; at >= 0; at -= 1) {
    for (let to = other.length - 1; to >= 0; to -= 1) {
      lengths[at][to] = one[at] === other[to] ? lengths[at + 1][to + 1] + 1 : Math.max(lengths[at + 1][to], lengths[at][to + 1]);
    }
  }
  const pairs = [];
  for (let at = 0, to = 0; at < one.length && to < other.length;) {
    if (one[at] === other[to]) pairs.push([at++, to++]);
    else if (lengths[at + 1][to] >= lengths[at][to + 1]) at += 1;
    else to += 1;
  }
  return pairs;
}
