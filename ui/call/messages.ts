// Every sentence of the call, in one place, so that it can be read as a whole and translated later.
// Short and kind; a problem says what to try, not what threw. People are named with the practice's own words.

import { hour, length, minutes } from "./time-format.ts";
import type { Person, Standing } from "../protocol/standing.ts";
import type { DeviceProblem, Trouble, Which } from "./state.ts";

export function hostOf(standing: Standing): string {
  return standing.people.find((person) => person.role === "host")?.name ?? `your ${standing.words.host}`;
}

/** Whom the host is expecting: a name where there is one guest, the practice's word where there are none or several. */
export function guestOf(standing: Standing): string {
  const guests = standing.people.filter((person) => person.role === "guest");
  return guests.length === 1 && guests[0] ? guests[0].name : `your ${standing.words.guest}`;
}

export function otherOf(standing: Standing): string {
  return standing.role === "guest" ? hostOf(standing) : guestOf(standing);
}

/** A short name stays on one line: "Dr." alone at a line's end reads like a mistake. */
const whole = (name: string): string => (name.length <= 24 ? name.replaceAll(" ", "\u00a0") : name);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const zoneName = (zone: string): string => zone.replace(/^.*\//, "").replaceAll("_", " ");

export const words = {
  appointment: {
    title: (s: Standing) => `Your ${s.words.consultation} with ${whole(otherOf(s))}`,
    when: (s: Standing) => s.appointment.local,
    facts: (s: Standing) => `${length(s.appointment.duration_minutes * 60)} · by video · ${zoneName(s.appointment.zone)} time`,
    hour: (s: Standing) => hour(s.appointment.starts_at, s.appointment.zone),
    opensIn: "The room opens in",
    opensAt: (s: Standing) => `The room opens at ${hour(s.door.opens_at, s.appointment.zone)}`,
    startsIn: (left: string) => `Starts in ${left}`,
    startsNow: "Starting about now",
    late: (s: Standing, ms: number) => `Planned for ${words.appointment.hour(s)}, ${minutes(ms)} min ago`,
  },

  threshold: {
    check: "Test camera and sound",
    checkHint: "See yourself before anyone else does. Nothing is sent yet.",
    here: "I’m here",
    hereHint: (s: Standing) => `${capital(hostOf(s))} will see that you are waiting.`,
    hereEarly: "Tap once, and we bring you in when the room opens.",
    armed: "You’re all set",
    armedHint: (s: Standing) => `Nothing else to do. Keep this page open and we bring you in at ${hour(s.door.opens_at, s.appointment.zone)}.`,
    notYet: "Not yet after all",
    entering: "One moment…",
    rejoin: "Join here",
    rejoinHint: (s: Standing) => `Your ${s.words.consultation} is under way. If you are in it on another device, it moves here.`,
    rejoinTitle: (s: Standing) => `${capital(whole(otherOf(s)))} is expecting you`,
    resume: "Wait here",
    resumeHint: "You have a place in the waiting room. It moves to this device.",
    insideApp: "You opened this inside another app. If your camera does not appear, open the page in your browser:",
    copyLink: "Copy link",
    linkCopied: "Link copied",
  },

  waiting: {
    badge: "Waiting room",
    title: (s: Standing) => `Waiting for ${whole(hostOf(s))}`,
    calm: "You are in the right place. Leave this page open: it begins by itself, with a chime.",
    hostThere: (s: Standing) => `${capital(hostOf(s))} is here and will let you in soon.`,
    late: (s: Standing) => `${capital(hostOf(s))} has not started yet. Your place is kept.`,
    leave: "Leave the waiting room",
    notify: "Notify me when it starts",
    notifying: "We will notify you",
  },

  joining: {
    title: (s: Standing) => `Connecting you with ${whole(otherOf(s))}`,
    calm: "This takes a moment.",
    again: "Still trying. Your place is kept.",
  },

  before: {
    title: (s: Standing) => `${capital(s.words.consultation)} with ${whole(guestOf(s))}`,
    waiting: (name: string) => `${name} is waiting`,
    waitingFor: (ms: number) => (minutes(ms) < 1 ? "Arrived just now" : `Waiting for ${minutes(ms)} min`),
    notHere: (s: Standing) => `${capital(guestOf(s))} is not here yet`,
    notHereHint: "You will hear a chime when they arrive.",
    mayStart: "You will hear a chime when they arrive. You may start before.",
    left: (name: string) => `${name} was here and left`,
    inside: (name: string) => `${name} is in the room`,
    start: (s: Standing) => `Start the ${s.words.consultation}`,
    startEarly: "Start now and wait inside",
    join: (s: Standing) => `Join the ${s.words.consultation}`,
    underWay: "It is under way",
    notOpen: "You can start when the room opens.",
    checklist: "Before you start",
    camera: "Camera",
    microphone: "Microphone",
    line: "Connection",
    guest: (s: Standing) => capital(s.words.guest),
    state: {
      ready: "Ready", off: "Off", asking: "Asking…", unchecked: "Not checked",
      problem: "Needs a look", here: "Here", away: "Not yet", lost: "Reconnecting…",
    },
    soundOff: "Your browser keeps this page silent until you click once.",
    soundOn: "Turn the chime on",
  },

  live: {
    title: (s: Standing) => `${capital(s.words.consultation)} with ${otherOf(s)}`,
    alone: (s: Standing) => (s.role === "host" ? `${capital(guestOf(s))} is not in the room` : `${capital(hostOf(s))} is on the way`),
    aloneHint: (s: Standing) =>
      s.role === "host" ? "You can wait here. They appear as soon as they join." : "Stay here, the picture appears by itself.",
    cameraOff: "Camera is off",
    micOff: "Microphone is off",
    you: "You",
    reconnecting: "The line broke. Reconnecting…",
    quality: { unknown: "", good: "Good connection", weak: "Weak connection", lost: "No picture or sound arrives" },
    weakHint: "Your connection is weak. Turning your camera off helps the sound.",
    weakDeed: "Turn camera off",
    enableSound: "Tap to hear",
    sharing: "You are sharing your screen",
    stopSharing: "Stop sharing",
    screenOf: (name: string) => `${name}’s screen`,
    waits: (name: string) => `${name} is waiting`,
    letIn: "Let in",
    decline: "Decline",
  },

  controls: {
    mute: "Mute", unmute: "Unmute",
    cameraOff: "Camera off", cameraOn: "Camera on",
    // After the bar: said to those who listen, left out for those who look.
    flip: "Flip| camera",
    share: "Share| screen", unshare: "Stop| sharing",
    settings: "Devices",
    leave: "Leave",
    end: "End| for everyone",
    endWhole: "End for everyone",
    label: (which: Which, on: boolean) => {
      const { mute, unmute, cameraOff, cameraOn } = words.controls;
      if (which === "microphone") return on ? mute : unmute;
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

  ask: {
    leaveTitle: "Leave now?",
    leaveGuest: (s: Standing) => `${capital(hostOf(s))} stays, and you can go back in while the ${s.words.consultation} lasts.`,
    leaveWaiting: "You give up your place in the waiting room. You can come back with the same link.",
    leaveHost: (s: Standing) => `The ${s.words.consultation} goes on without you, and you can come back. To finish it, end it for everyone.`,
    endTitle: "End for everyone?",
    endSays: (s: Standing) => `The ${s.words.consultation} is closed for good, for you and for ${otherOf(s)}.`,
    stay: "Stay",
    leave: "Leave",
    end: "End for everyone",
  },

  after: {
    ended: (s: Standing) => `Your ${s.words.consultation} has ended`,
    endedGuest: (s: Standing) => `Thank you for coming. You can close this page; ${s.practice} takes it from here.`,
    endedHost: "Everything is recorded with the appointment.",
    neverTook: "It was closed before it began.",
    started: "Started", end: "Ended", lasted: "Length",
    toDay: "Back to your day",
    left: "You have left",
    leftGuest: (s: Standing) => `The ${s.words.consultation} may still be going on. You can go back in.`,
    leftWaiting: "Your place in the waiting room was given up. Come back whenever you are ready.",
    leftHost: (s: Standing) => `The ${s.words.consultation} goes on. You can go back in, or end it for everyone.`,
    goBack: "Go back in",
    declined: "Not just now",
    declinedHint: (s: Standing) => `${capital(hostOf(s))} cannot let you in at the moment. If you think this is a mistake, contact ${s.practice}.`,
    askAgain: "Ask again",
    replaced: "You continued on another device",
    replacedHint: "This one is at rest. Your camera and microphone here are off.",
    useHere: "Use this one",
    failed: "We could not connect you",
    failedHint:
      "Your place is kept. Check that you are online; a network that blocks video, such as a company’s, " +
      "may also be the reason. Mobile data often helps.",
    tryAgain: "Try again",
    reload: "Reload the page",
    cancelled: "This appointment was cancelled",
    cancelledHint: (s: Standing) => `If you did not expect this, contact ${s.practice}.`,
    notOpen: "This room is not open",
    contact: (s: Standing) => `For a question, contact ${s.practice}.`,
    tooLate: "This appointment is over",
    tooLateHint: (s: Standing) => `Its room has closed. To find a new time, contact ${s.practice}.`,
  },

  device: {
    /** `what` is "camera", "microphone", or both. */
    title: (what: string, problem: DeviceProblem): string => {
      switch (problem) {
        case "blocked":     return `${capital(what)} blocked`;
        case "missing":     return `No ${what} found`;
        case "busy":        return `${capital(what)} in use elsewhere`;
        case "insecure":
        case "unsupported": return `${capital(what)} not available here`;
        default:            return `${capital(what)} not answering`;
      }
    },
    advice: (problem: DeviceProblem): string => {
      switch (problem) {
        case "blocked":     return "Tap the lock or camera sign beside the address, choose Allow, then try again.";
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
    without: "Go on without",
  },

  trouble: (trouble: Trouble): string =>
    trouble.kind === "refused" && trouble.message ? trouble.message
    : trouble.kind === "refused" ? "That did not work. Please try again."
    : "We cannot reach the practice right now. Check that you are online; we keep trying.",
  lineDown: "Connection to the practice lost. Trying to come back…",
  close: "Close",

  notification: {
    starting: (s: Standing) => `Your ${s.words.consultation} is starting`,
    joinNow: "Join now",
    waiting: (s: Standing) => `Your ${s.words.guest} is waiting`,
    open: "Open the waiting room",
    ask: "Notify me",
    on: "Notifications are on",
  },

  tab: {
    waiting: (count: number) => `(${count}) Waiting now`,
    inCall: "In session",
    starting: "Starting now",
    yourTurn: "You are in the waiting room",
  },

  announce: {
    joined: (name: string) => `${name} joined`,
    gone: (name: string) => `${name} left`,
    waits: (person: Person) => `${person.name} is waiting`,
    muted: "Microphone off", unmuted: "Microphone on",
    cameraOff: "Camera off", cameraOn: "Camera on",
    back: "Connected again",
    shares: (name: string) => `${name} is sharing their screen`,
  },
} as const;
