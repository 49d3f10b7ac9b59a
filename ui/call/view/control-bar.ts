// Control bar at the bottom of the call: own devices, screen sharing, leave, and for a host end for everyone.

import type { Call } from "../state.ts";
import { messages } from "../messages.ts";
import { control, deviceControls } from "./controls.ts";
import { attr, h, show } from "./dom.ts";
import type { ViewContext, View } from "./view.ts";

export function controlBar(context: ViewContext): View {
  const own = deviceControls(context);
  const share = control("share", messages.controls.share, () => context.send({ type: "share-screen", on: last?.screenShare === "off" }));
  const leave = control("leave", messages.controls.leave, () => context.send({ type: "dialog", dialog: "leave" }));
  const end = control(
    "end",
    messages.controls.end,
    () => context.send({ type: "dialog", dialog: "end" }),
    "call-control--leave",
  );
  const canShare = navigator.mediaDevices?.getDisplayMedia !== undefined;
  let last: Call | undefined;
  own.node.append(share.node);
  return {
    node: h("div", { class: "call-control-bar" }, own.node, h("div", { class: "call-controls" }, leave.node, end.node)),
    dispose: () => own.dispose?.(),
    render(call, now) {
      last = call;
      own.render(call, now);
      const sharing = call.screenShare !== "off";
      share.set(sharing ? "share-off" : "share", sharing ? messages.controls.unshare : messages.controls.share);
      attr(share.node, "data-on", sharing);
      show(share.node, canShare);
      show(end.node, call.standing.may.end);
      attr(leave.node, "class", `call-control${call.standing.may.end ? "" : " call-control--leave"}`);
    },
  };
}
