// The lower edge of the call: one's own devices, sharing the screen, leaving, and for a host the end.

import type { Call } from "../state.ts";
import { words } from "../messages.ts";
import { control, deviceControls } from "./controls.ts";
import { attr, h, show } from "./dom.ts";
import type { House, View } from "./view.ts";

export function controlBar(house: House): View {
  const own = deviceControls(house);
  const share = control("share", words.controls.share, () => house.send({ type: "share", on: last?.screen === "off" }));
  const leave = control("leave", words.controls.leave, () => house.send({ type: "ask", dialog: "leave" }));
  const end = control(
    "end",
    words.controls.end,
    () => house.send({ type: "ask", dialog: "end" }),
    "call-control--leave",
  );
  const canShare = navigator.mediaDevices?.getDisplayMedia !== undefined;
  let last: Call | undefined;
  own.node.append(share.node);
  return {
    node: h("div", { class: "call-bar" }, own.node, h("div", { class: "call-controls" }, leave.node, end.node)),
    drop: () => own.drop?.(),
    draw(call, now) {
      last = call;
      own.draw(call, now);
      const sharing = call.screen !== "off";
      share.set(sharing ? "share-off" : "share", sharing ? words.controls.unshare : words.controls.share);
      attr(share.node, "data-on", sharing);
      show(share.node, canShare);
      show(end.node, call.standing.may.end);
      attr(leave.node, "class", `call-control${call.standing.may.end ? "" : " call-control--leave"}`);
    },
  };
}
