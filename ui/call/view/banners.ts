// Banners during the call: waiting guest, question whether anyone is there, reconnecting, blocked audio, screen sharing, weak connection, device problem.

import type { Call } from "../state.ts";
import { waitingGuests } from "../effects.ts";
import { messages } from "../messages.ts";
import { isAsked } from "../stage.ts";
import { attr, button, h, list, show, text } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";
import { deviceProblem } from "./device-problem.ts";
import { movedGuestNotes } from "./moved-guests.ts";
import type { ViewContext, View } from "./view.ts";

export function banners(context: ViewContext): View {
  const rows = new Map<string, WaitingGuestBanner>();
  const queue = h("div", { class: "call-waiting-guests" });
  const parts = [
    movedGuestNotes(context),
    banner("clock", "call-note--warn", (call) => (isAsked(call) ? messages.inCall.stillThere(call.standing) : undefined), {
      label: () => messages.inCall.stillThereYes,
      onclick: () => context.send({ type: "still-there" }),
    }),
    banner("alert", "call-note--warn", (call) => (call.connection === "up" ? undefined : messages.inCall.reconnecting)),
    banner("alert", "call-note--warn", (call) => (isBlind(call) ? messages.statusStreamDownHost : undefined)),
    banner("alert", "call-note--warn", (call) => (call.barred === "login" ? messages.loggedOut : undefined), {
      label: () => messages.logIn,
      onclick: () => context.logIn(),
    }),
    banner("alert", "call-note--warn", (call) => call.unsent && messages.inCall.unsent(call.unsent), {
      label: () => messages.inCall.connectAgain,
      onclick: () => context.send({ type: "reconnect-media" }),
    }),
    banner("sound", "", (call) => (call.audioBlocked ? messages.inCall.enableSound : undefined), {
      label: () => messages.inCall.enableSound,
      onclick: () => context.startAudio(),
    }),
    banner("share", "", (call) => (call.screenShare === "on" ? messages.inCall.sharing : undefined), {
      label: () => messages.inCall.stopSharing,
      onclick: () => context.send({ type: "share-screen", on: false }),
    }),
    banner("signal", "call-note--warn", (call) => (isWeak(call) ? messages.inCall.weakHint : undefined), {
      label: () => messages.inCall.weakAction,
      onclick: () => context.send({ type: "toggle-device", kind: "camera" }),
    }),
    deviceProblem(context),
  ];
  return {
    node: h("div", { class: "call-banners" }, queue, ...parts.map((part) => part.node)),
    render(call, now) {
      list(
        queue,
        rows,
        waitingGuests(call),
        (person) => person.id,
        (person) => waitingGuestBanner(context, person.id),
      );
      for (const person of waitingGuests(call)) rows.get(person.id)?.render(call, person.name);
      for (const part of parts) part.render(call, now);
    },
  };
}

interface WaitingGuestBanner {
  node: HTMLElement;
  render(call: Call, name: string): void;
}

/** A waiting guest: let in or decline, with one click, because the host is in a conversation. */
function waitingGuestBanner(context: ViewContext, id: string): WaitingGuestBanner {
  const message = h("p", { class: "call-note__text", dir: "auto" });
  const admit = button("primary small", () => context.send({ type: "admit", participantId: id }), messages.inCall.letIn);
  const decline = button("small", () => context.send({ type: "decline", participantId: id }), messages.inCall.decline);
  const node = h(
    "div",
    { class: "call-note call-note--waiting-guest", role: "group", "data-participant": id },
    icon("door"),
    message,
    admit,
    decline,
  );
  return {
    node,
    render(call, name) {
      text(message, messages.inCall.guestWaiting(name));
      attr(node, "aria-label", messages.inCall.guestWaiting(name));
      const busy = call.requests.includes(`admit ${id}`) || call.requests.includes(`decline ${id}`);
      attr(admit, "aria-disabled", busy && "true");
      attr(decline, "aria-disabled", busy && "true");
    },
  };
}

function banner(
  iconName: IconName,
  variant: string,
  message: (call: Call) => string | undefined,
  action?: { label(): string; onclick(): void },
): View {
  const label = h("p", { class: "call-note__text" });
  const actionButton = action && button("small", () => action.onclick(), action.label());
  const node = h("div", { class: `call-note ${variant}`.trim() }, icon(iconName), label, actionButton);
  return {
    node,
    render(call) {
      const sentence = message(call);
      show(node, sentence !== undefined);
      text(label, sentence ?? "");
    },
  };
}

/** The host is not shown who enters the waiting room. */
function isBlind(call: Call): boolean {
  return call.standing.role === "host" && call.connection === "up" && !call.statusStreamUp && call.barred === undefined;
}

function isWeak(call: Call): boolean {
  return call.connectionQuality === "weak" && call.camera.wanted && call.camera.state === "ready";
}
