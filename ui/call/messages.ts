// All texts of the call, in one place, for review and later translation. Short and kind; a problem says what to try, not
// which error was thrown. Roles are named with the wording of the practice.

import { hour, length, minutes } from "./time-format.ts";
import type { Person, Standing } from "../protocol/standing.ts";
import type { DeviceProblem, RequestFailure, DeviceKind } from "./state.ts";

export function hostName(standing: Standing): string {
  return standing.people.find((person) => person.role === "host")?.name ?? `your ${standing.words.host}`;
}

/** The guest's name if there is exactly one guest, else the practice's word for a guest. */
export function guestName(standing: Standing): string {
  const guests = standing.people.filter((person) => person.role === "guest");
  return guests.length === 1 && guests[0] ? guests[0].name : `your ${standing.words.guest}`;
}

export function otherName(standing: Standing): string {
  return standing.role === "host" ? guestName(standing) : hostName(standing);
}

/** Keeps a short name on one line: a line must not end after "Dr.". */
const unbroken = (name: string): string => (name.length <= 24 ? name.replaceAll(" ", "\u00a0") : name);
const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** A time of day with its zone: "14:09 (Berlin time)". */
const zoned = (instant: string, s: Standing): string =>
  `${hour(instant, s.appointment.zone)} (${zoneName(s.appointment.zone)} time)`;
const zoneName = (zone: string): string => zone.replace(/^.*\//, "").replaceAll("_", " ");

export const messages = {
  appointment: {
    title: (s: Standing) => `Your ${s.words.consultation} with ${unbroken(otherName(s))}`,
    when: (s: Standing) => s.appointment.local,
    facts: (s: Standing) => `${length(s.appointment.duration_minutes * 60)} · by video · ${zoneName(s.appointment.zone)} time`,
    hour: (s: Standing) => hour(s.appointment.starts_at, s.appointment.zone),
    opensIn: "The room opens in",
    opensAt: (s: Standing) => `The room opens at ${hour(s.door.opens_at, s.appointment.zone)}`,
    startsIn: (left: string) => `Starts in ${left}`,
    startsNow: "Starting about now",
    late: (s: Standing, ms: number) => `Planned for ${messages.appointment.hour(s)}, ${minutes(ms)} min ago`,
  },

  guestPrejoin: {
    previewDevices: "Test camera and sound",
    previewHint: "See yourself before anyone else does. Nothing is sent yet.",
    join: "I’m here",
    joinHint: (s: Standing) => `${capitalise(hostName(s))} will see that you are waiting.`,
    notSeenYet: (s: Standing) => `${capitalise(hostName(s))} cannot see that you are here. Tap “I’m here” when you are ready.`,
    joinEarlyHint: "Tap once, and we bring you in when the room opens.",
    joinsWhenOpen: "You’re all set",
    joinsWhenOpenHint: (s: Standing) => `Nothing else to do. Keep this page open and we bring you in at ${hour(s.door.opens_at, s.appointment.zone)}.`,
    cancelJoin: "Not ready yet",
    joining: "One moment…",
    rejoin: "Join here",
    rejoinHint: (s: Standing) => `Your ${s.words.consultation} is under way. If you are in it on another device, it moves here.`,
    rejoinTitle: (s: Standing) => `${capitalise(unbroken(otherName(s)))} is expecting you`,
    resume: "Wait here",
    resumeHint: "You have a place in the waiting room. It moves to this device.",
    insideApp: "You opened this inside another app. If your camera does not appear, open the page in your browser:",
    copyLink: "Copy link",
    linkCopied: "Link copied",
  },

  waitingRoom: {
    badge: "Waiting room",
    title: (s: Standing) => `Waiting for ${unbroken(hostName(s))}`,
    hint: "You are in the right place. Keep this page open: the call starts by itself, with a chime.",
    hostThere: (s: Standing) => `${capitalise(hostName(s))} is here and will let you in soon.`,
    late: (s: Standing) => `${capitalise(hostName(s))} has not started yet. Your place is kept.`,
    leave: "Leave the waiting room",
    notify: "Notify me when it starts",
    notifying: "We will notify you",
  },

  joining: {
    title: (s: Standing) => `Connecting you with ${unbroken(otherName(s))}`,
    hint: "This takes a moment.",
    retryHint: "Still trying to connect. Your place is kept.",
  },

  hostPrejoin: {
    title: (s: Standing) => `${capitalise(s.words.consultation)} with ${unbroken(guestName(s))}`,
    guestWaiting: (name: string) => `${name} is waiting`,
    waitingFor: (ms: number) => (minutes(ms) < 1 ? "Arrived just now" : `Waiting for ${minutes(ms)} min`),
    guestNotHere: (s: Standing) => `${capitalise(guestName(s))} is not here yet`,
    guestNotHereHint: "You will hear a chime when they arrive.",
    mayStartHint: "You will hear a chime when they arrive. You can start now.",
    hidden: "the page is in the background",
    guestOpened: (name: string) => `${name} has opened the link`,
    guestOpenedHint: "Not in the waiting room yet, perhaps testing camera and sound.",
    guestGone: (person: Person, s: Standing) => `${person.name} was here until ${zoned(person.seen_at ?? s.now, s)}`,
    guestGoneHint: "Their place is kept. You will hear a chime when they are back.",
    guestLeft: (name: string) => `${name} was here and left`,
    guestInRoom: (name: string) => `${name} is in the room`,
    start: (s: Standing) => `Start the ${s.words.consultation}`,
    startEarly: "Start now and wait",
    join: (s: Standing) => `Join the ${s.words.consultation}`,
    hasStarted: "It has already started",
    notOpen: "You can start when the room opens.",
    checklist: "Before you start",
    camera: "Camera",
    microphone: "Microphone",
    connection: "Connection",
    guest: (s: Standing) => capitalise(s.words.guest),
    state: {
      ready: "Ready", off: "Off", asking: "Asking…", unchecked: "Not checked",
      problem: "Needs attention", here: "Here", away: "Page in the background", notHere: "Not here yet", gone: "Page closed", lost: "Reconnecting…",
    },
    soundOff: "Your browser mutes this page until you click once.",
    soundOn: "Turn the chime on",
  },

  inCall: {
    title: (s: Standing) => `${capitalise(s.words.consultation)} with ${otherName(s)}`,
    alone: (s: Standing) => (s.role === "host" ? `${capitalise(guestName(s))} is not in the room` : `${capitalise(hostName(s))} is on the way`),
    aloneHint: (s: Standing) =>
      s.role === "host" ? "You can wait here. They appear as soon as they join." : "Stay here. The video appears by itself.",
    cameraOff: "Camera is off",
    micOff: "Microphone is off",
    you: "You",
    reconnecting: "Connection lost. Reconnecting…",
    quality: { unknown: "", good: "Good connection", weak: "Weak connection", lost: "No video or sound" },
    weakHint: "Your connection is weak. Turn your camera off for better sound.",
    weakAction: "Turn camera off",
    enableSound: "Tap to hear",
    sharing: "You are sharing your screen",
    stopSharing: "Stop sharing",
    screenOf: (name: string) => `${name}’s screen`,
    guestWaiting: (name: string) => `${name} is waiting`,
    letIn: "Let in",
    decline: "Decline",
  },

  controls: {
    mute: "Mute", unmute: "Unmute",
    cameraOff: "Camera off", cameraOn: "Camera on",
    // The part after "|" is only for screen readers.
    flip: "Flip| camera",
    share: "Share| screen", unshare: "Stop| sharing",
    settings: "Devices",
    leave: "Leave",
    end: "End| for everyone",
    endWhole: "End for everyone",
    label: (kind: DeviceKind, on: boolean) => {
      const { mute, unmute, cameraOff, cameraOn } = messages.controls;
      if (kind === "microphone") return on ? mute : unmute;
      return on ? cameraOff : cameraOn;
    },
  },

  devices: {
    title: "Camera and sound",
    camera: "Camera", microphone: "Microphone", speaker: "Speaker",
    unnamed: (kind: string, n: number) => `${kind} ${n}`,
    test: "Play a test sound",
    shortcuts: "Keyboard shortcuts: M for microphone, V for camera",
    done: "Done",
    level: "Microphone level",
    preview: "Your camera",
  },

  dialogs: {
    leaveTitle: "Leave now?",
    leaveGuest: (s: Standing) => `${capitalise(hostName(s))} stays, and you can go back in while the ${s.words.consultation} lasts.`,
    leaveWaiting: "You give up your place in the waiting room. You can come back with the same link.",
    leaveHost: (s: Standing) => `The ${s.words.consultation} goes on without you, and you can come back. To finish it, end it for everyone.`,
    endTitle: "End for everyone?",
    endExplanation: (s: Standing) => `The ${s.words.consultation} is closed for good, for you and for ${otherName(s)}.`,
    stay: "Stay",
    leave: "Leave",
    end: "End for everyone",
  },

  ended: {
    ended: (s: Standing) => `Your ${s.words.consultation} has ended`,
    endedGuest: (s: Standing) => `Thank you for coming. You can close this page. For a question, contact ${s.practice}.`,
    endedHost: "The times are saved with the appointment.",
    neverStarted: "It was closed before it started.",
    started: "Started", end: "Ended", lasted: "Length",
    backToDay: "Back to your day",
    left: "You have left",
    leftGuest: (s: Standing) => `The ${s.words.consultation} may still be going on. You can go back in.`,
    leftWaiting: "Your place in the waiting room was given up. Come back whenever you are ready.",
    leftHost: (s: Standing) => `The ${s.words.consultation} goes on. You can go back in, or end it for everyone.`,
    goBack: "Go back in",
    declined: "Not right now",
    declinedHint: (s: Standing) => `${capitalise(hostName(s))} cannot let you in at the moment. If you think this is a mistake, contact ${s.practice}.`,
    askAgain: "Ask again",
    replaced: "You continued on another device",
    replacedHint: "This device is no longer in the call. Its camera and microphone are off.",
    useHere: "Use this device",
    failed: "We could not connect you",
    failedHint:
      "Your place is kept. Check that you are online. Some networks, such as a company’s, block video calls; " +
      "mobile data often helps.",
    tryAgain: "Try again",
    reload: "Reload the page",
    linkGone: "This link no longer works",
    linkGoneHint: (s: Standing) => `Your practice may have sent you a newer one. For a question, contact ${s.practice}.`,
    cancelled: "This appointment was cancelled",
    cancelledHint: (s: Standing) => `If you did not expect this, contact ${s.practice}.`,
    notOpen: "This room is not open",
    contact: (s: Standing) => `For a question, contact ${s.practice}.`,
    tooLate: "This appointment is over",
    tooLateHint: (s: Standing) => `Its room has closed. To find a new time, contact ${s.practice}.`,
  },

  deviceProblem: {
    /** `what` is "camera", "microphone", or both. */
    title: (what: string, problem: DeviceProblem): string => {
      switch (problem) {
        case "blocked":     return `${capitalise(what)} blocked`;
        case "missing":     return `No ${what} found`;
        case "busy":        return `${capitalise(what)} in use elsewhere`;
        case "insecure":
        case "unsupported": return `${capitalise(what)} not available here`;
        default:            return `${capitalise(what)} not responding`;
      }
    },
    advice: (problem: DeviceProblem): string => {
      switch (problem) {
        case "blocked":     return "Tap the lock or camera icon beside the address, choose Allow, then try again.";
        case "missing":     return "Plug it in or switch it on, then try again.";
        case "busy":        return "Close other programs and tabs that may be using it, then try again.";
        case "unsuitable":  return "Choose another one under Devices, then try again.";
        case "insecure":    return "This page needs a secure address, one that begins with https://.";
        case "unsupported": return "Open this page in Safari, Chrome, Firefox or Edge.";
        case "unknown":     return "Unplug it and plug it in again, or restart the browser, then try again.";
      }
    },
    both: "camera and microphone",
    retry: "Try again",
    continueWithout: "Go on without",
  },

  requestFailure: (failure: RequestFailure): string =>
    failure.kind === "refused" && failure.message ? failure.message
    : failure.kind === "refused" ? "That did not work. Please try again."
    : "We cannot reach the practice right now. Check that you are online; we keep trying.",
  statusStreamDown: "Connection to the practice lost. Reconnecting… Check that you are online.",
  statusStreamDownHost: "Connection lost: you are not shown who arrives. Reconnecting…",
  statusSuperseded: "You have this page open in several windows. This one is updated every few seconds only; you can close it.",
  loggedOut: "You were logged out. The call goes on.",
  logIn: "Log in again",
  close: "Close",

  notification: {
    starting: (s: Standing) => `Your ${s.words.consultation} is starting`,
    joinNow: "Join now",
    waiting: (s: Standing) => `Your ${s.words.guest} is waiting`,
    open: "Open the waiting room",
    ask: "Notify me",
    on: "Notifications are on",
  },

  tabTitle: {
    waiting: (count: number) => `(${count}) Waiting now`,
    inCall: "In session",
    starting: "Starting now",
    yourTurn: "You are in the waiting room",
  },

  screenReader: {
    joined: (name: string) => `${name} joined`,
    left: (name: string) => `${name} left`,
    guestWaiting: (person: Person) => `${person.name} is waiting`,
    muted: "Microphone off", unmuted: "Microphone on",
    cameraOff: "Camera off", cameraOn: "Camera on",
    back: "Connected again",
    shares: (name: string) => `${name} is sharing their screen`,
  },
} as const;
