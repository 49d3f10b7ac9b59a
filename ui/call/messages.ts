// All texts of the call: what each needs from the state, and its id in the catalogue (crates/l10n/locales/*/call.ftl).
// A constant is a getter, because the catalogue is loaded before the first screen, not before this module.

import { find, locale, t } from "../l10n/words.ts";
import type { Person, Standing } from "../protocol/standing.ts";
import type { Unsent } from "./media/send-watchdog.ts";
import type { DeviceProblem, RequestFailure, DeviceKind } from "./state.ts";
import { hour, length, minutes } from "./time-format.ts";

/** Where a sentence needs a name and there is none, or more than one: the sentence has a noun for it. */
const UNNAMED = "unnamed";
const UNNAMED_HOST = "unnamed-host";

function hostName(standing: Standing): string {
  return standing.people.find((person) => person.role === "host")?.name ?? UNNAMED_HOST;
}

/** The guest's name if there is exactly one guest. */
function guestName(standing: Standing): string {
  const guests = standing.people.filter((person) => person.role === "guest");
  return guests.length === 1 && guests[0] ? guests[0].name : UNNAMED;
}

function other(standing: Standing): string {
  return standing.role === "host" ? guestName(standing) : hostName(standing);
}

/** The name of the other participant, if there is one. */
export function otherName(standing: Standing): string | undefined {
  const name = other(standing);
  return name === UNNAMED || name === UNNAMED_HOST ? undefined : name;
}

/** Keeps a short name on one line: a line must not end after "Dr.". */
const unbroken = (name: string): string => (name.length <= 24 ? name.replaceAll(" ", "\u00a0") : name);
const host = (s: Standing) => ({ host: hostName(s) });
const guest = (s: Standing) => ({ guest: guestName(s) });

const listed = (items: readonly string[]): string => new Intl.ListFormat(locale(), { type: "conjunction" }).format(items);

export const messages = {
  appointment: {
    title: (s: Standing) => t("call-title", { other: unbroken(other(s)) }),
    when: (s: Standing) => s.appointment.local,
    facts: (s: Standing) =>
      t("call-facts", { length: length(s.appointment.duration_minutes * 60), zone: s.appointment.zone_name }),
    get opensIn() { return t("call-opens-in"); },
    startsIn: (left: string) => t("call-starts-in", { left }),
    get startsNow() { return t("call-starts-now"); },
    late: (s: Standing, ms: number) =>
      t("call-late", { time: hour(s.appointment.starts_at, s.appointment.zone), minutes: minutes(ms) }),
  },

  guestPrejoin: {
    get previewDevices() { return t("guest-preview"); },
    get previewHint() { return t("guest-preview-hint"); },
    get join() { return t("guest-join"); },
    joinHint: (s: Standing) => t("guest-join-hint", host(s)),
    notSeenYet: (s: Standing) => t("guest-not-seen-yet", host(s)),
    hostInside: (s: Standing) => t("guest-host-inside", host(s)),
    get joinEarlyHint() { return t("guest-join-early-hint"); },
    get joinsWhenOpen() { return t("guest-joins-when-open"); },
    joinsWhenOpenHint: (s: Standing) =>
      t("guest-joins-when-open-hint", { time: hour(s.door.opens_at, s.appointment.zone) }),
    get cancelJoin() { return t("guest-cancel-join"); },
    get joining() { return t("guest-joining"); },
    get rejoin() { return t("guest-rejoin"); },
    get rejoinHint() { return t("guest-rejoin-hint"); },
    rejoinTitle: (s: Standing) => t("guest-rejoin-title", { other: unbroken(other(s)) }),
    get resume() { return t("guest-resume"); },
    get resumeHint() { return t("guest-resume-hint"); },
    get insideApp() { return t("guest-inside-app"); },
    get copyLink() { return t("guest-copy-link"); },
    get linkCopied() { return t("guest-link-copied"); },
  },

  waitingRoom: {
    get badge() { return t("waiting-badge"); },
    title: (s: Standing) => t("waiting-title", { host: unbroken(hostName(s)) }),
    get running() { return t("waiting-running"); },
    get hint() { return t("waiting-hint"); },
    hostThere: (s: Standing) => t("waiting-host-there", host(s)),
    late: (s: Standing) => t("waiting-late", host(s)),
    get leave() { return t("waiting-leave"); },
    get notify() { return t("waiting-notify"); },
    get notifying() { return t("waiting-notifying"); },
  },

  joining: {
    title: (s: Standing) => t("joining-title", { other: unbroken(other(s)) }),
    get hint() { return t("joining-hint"); },
    get retryHint() { return t("joining-retry-hint"); },
  },

  hostPrejoin: {
    title: (s: Standing) => t("host-title", { guest: unbroken(guestName(s)) }),
    guestWaiting: (name: string) => t("host-guest-waiting", { name }),
    waitingFor: (ms: number) =>
      minutes(ms) < 1 ? t("host-arrived-just-now") : t("host-waiting-for", { minutes: minutes(ms) }),
    guestNotHere: (s: Standing) => t("host-guest-not-here", guest(s)),
    get guestNotHereHint() { return t("host-guest-not-here-hint"); },
    get mayStartHint() { return t("host-may-start-hint"); },
    get hidden() { return t("host-hidden"); },
    guestOpened: (name: string) => t("host-guest-opened", { name }),
    get guestOpenedHint() { return t("host-guest-opened-hint"); },
    guestGone: (person: Person, s: Standing) => {
      const { zone, zone_name } = s.appointment;
      return t("host-guest-gone", { name: person.name, time: hour(person.seen_at ?? s.now, zone), zone: zone_name });
    },
    get guestGoneHint() { return t("host-guest-gone-hint"); },
    guestLeft: (name: string) => t("host-guest-left", { name }),
    guestInRoom: (name: string) => t("host-guest-in-room", { name }),
    get start() { return t("host-start"); },
    get startEarly() { return t("host-start-early"); },
    get join() { return t("host-join"); },
    get hasStarted() { return t("host-has-started"); },
    get notOpen() { return t("host-not-open"); },
    get checklist() { return t("host-checklist"); },
    get camera() { return t("host-camera"); },
    get microphone() { return t("host-microphone"); },
    get connection() { return t("host-connection"); },
    get guest() { return t("host-guest"); },
    state: {
      get ready() { return t("host-state-ready"); },
      get reached() { return t("host-state-reached"); },
      get off() { return t("host-state-off"); },
      get asking() { return t("host-state-asking"); },
      get unchecked() { return t("host-state-unchecked"); },
      get problem() { return t("host-state-problem"); },
      get here() { return t("host-state-here"); },
      hereOf: (here: number, expected: number) => t("host-state-here-of", { here, expected }),
      get away() { return t("host-state-away"); },
      get notHere() { return t("host-state-not-here"); },
      get gone() { return t("host-state-gone"); },
      get lost() { return t("host-state-lost"); },
    },
    get soundOff() { return t("host-sound-off"); },
    get soundOn() { return t("host-sound-on"); },
  },

  inCall: {
    title: (s: Standing) => t("live-title", { other: other(s) }),
    alone: (s: Standing) =>
      s.role === "host" ? t("live-guest-not-in-room", guest(s)) : t("live-host-on-the-way", host(s)),
    gone: (s: Standing) => (s.role === "host" ? t("live-guest-gone", guest(s)) : t("live-host-gone", host(s))),
    goneHint: (s: Standing) => (s.role === "host" ? t("live-alone-hint-host") : t("live-gone-hint-guest")),
    aloneHint: (s: Standing) => (s.role === "host" ? t("live-alone-hint-host") : t("live-alone-hint-guest")),
    get cameraOff() { return t("live-camera-off"); },
    get micOff() { return t("live-mic-off"); },
    get you() { return t("live-you"); },
    get reconnecting() { return t("live-reconnecting"); },
    quality: {
      unknown: "",
      get good() { return t("live-quality-good"); },
      get weak() { return t("live-quality-weak"); },
      get lost() { return t("live-quality-lost"); },
    },
    qualityOf: (quality: "weak" | "lost", name: string) =>
      quality === "weak" ? t("live-quality-weak-of", { name }) : t("live-quality-lost-of", { name }),
    interruptedOf: (name: string) => t("live-interrupted-of", { name }),
    get interrupted() { return t("live-interrupted"); },
    stillOf: (name: string) => t("live-still-of", { name }),
    pausedOf: (name: string) => t("live-paused-of", { name }),
    soundlessOf: (name: string) => t("live-soundless-of", { name }),
    unsentOf: (what: Unsent, name: string) => t("live-unsent-of", { what, name }),
    nothingFrom: (name: string) => t("live-nothing-from", { name }),
    unsent: (what: Unsent) => t("live-unsent", { what }),
    get fill() { return t("live-fill"); },
    get whole() { return t("live-whole"); },
    get enlarge() { return t("live-enlarge"); },
    get wholeScreen() { return t("live-whole-screen"); },
    get screenPaused() { return t("live-screen-paused"); },
    get youMovable() { return t("live-you-movable"); },
    get connectAgain() { return t("live-connect-again"); },
    get weakHint() { return t("live-weak-hint"); },
    get weakAction() { return t("live-weak-action"); },
    get enableSound() { return t("live-enable-sound"); },
    get sharing() { return t("live-sharing"); },
    get stopSharing() { return t("live-stop-sharing"); },
    screenOf: (name: string) => t("live-screen-of", { name }),
    stillThere: (s: Standing) => {
      const { zone, zone_name } = s.appointment;
      return t("live-still-there", { time: hour(s.consultation.answer_until ?? s.now, zone), zone: zone_name });
    },
    get stillThereYes() { return t("live-still-there-yes"); },
    guestWaiting: (name: string) => t("live-guest-waiting", { name }),
    moved: (name: string) => t("live-moved", { name }),
    get movedYes() { return t("live-moved-yes"); },
    get putOut() { return t("live-put-out"); },
    get letIn() { return t("live-let-in"); },
    get decline() { return t("live-decline"); },
  },

  controls: {
    get flip() { return t("controls-flip"); },
    get share() { return t("controls-share"); },
    get unshare() { return t("controls-unshare"); },
    get settings() { return t("controls-settings"); },
    get leave() { return t("controls-leave"); },
    get end() { return t("controls-end"); },
    get endWhole() { return t("controls-end-whole"); },
    label: (kind: DeviceKind, on: boolean) => {
      if (kind === "microphone") return on ? t("controls-mute") : t("controls-unmute");
      return on ? t("controls-camera-off") : t("controls-camera-on");
    },
  },

  devices: {
    get title() { return t("devices-title"); },
    get camera() { return t("devices-camera"); },
    get microphone() { return t("devices-microphone"); },
    get speaker() { return t("devices-speaker"); },
    unnamed: (kind: string, n: number) => `${kind} ${n}`,
    get test() { return t("devices-test"); },
    get shortcuts() { return t("devices-shortcuts"); },
    get done() { return t("devices-done"); },
    get level() { return t("devices-level"); },
    get preview() { return t("devices-preview"); },
  },

  dialogs: {
    get leaveTitle() { return t("dialog-leave-title"); },
    leaveGuest: (s: Standing) => t("dialog-leave-guest", host(s)),
    get leaveWaiting() { return t("dialog-leave-waiting"); },
    get leaveHost() { return t("dialog-leave-host"); },
    get endTitle() { return t("dialog-end-title"); },
    get endExplanation() { return t("dialog-end-explanation"); },
    expelTitle: (name: string) => t("dialog-expel-title", { name }),
    expelExplanation: (name: string) => t("dialog-expel-explanation", { name }),
    get expelKeep() { return t("dialog-expel-keep"); },
    get remain() { return t("dialog-remain"); },
    get leave() { return t("dialog-leave"); },
    get end() { return t("dialog-end"); },
  },

  ended: {
    get ended() { return t("ended-title"); },
    endedGuest: (s: Standing) => t("ended-guest", { practice: s.practice }),
    get endedHost() { return t("ended-host"); },
    get unanswered() { return t("ended-unanswered"); },
    get neverStarted() { return t("ended-never-started"); },
    get started() { return t("ended-started"); },
    get end() { return t("ended-end"); },
    get lasted() { return t("ended-lasted"); },
    get backToDay() { return t("ended-back-to-day"); },
    get left() { return t("ended-left"); },
    get leftGuest() { return t("ended-left-guest"); },
    get leftWaiting() { return t("ended-left-waiting"); },
    get leftHost() { return t("ended-left-host"); },
    get goBack() { return t("ended-go-back"); },
    get declined() { return t("ended-declined"); },
    declinedHint: (s: Standing) => t("ended-declined-hint", { ...host(s), practice: s.practice }),
    get askAgain() { return t("ended-ask-again"); },
    get replaced() { return t("ended-replaced"); },
    replacedHint: (s: Standing) => {
      if (s.role === "host") return t("ended-replaced-hint-host");
      return s.entry === "waiting" ? t("ended-replaced-hint-waiting", host(s)) : t("ended-replaced-hint", host(s));
    },
    get useHere() { return t("ended-use-here"); },
    get failed() { return t("ended-failed"); },
    get failedHint() { return t("ended-failed-hint"); },
    get tryAgain() { return t("ended-try-again"); },
    get reload() { return t("ended-reload"); },
    get linkGone() { return t("ended-link-gone"); },
    linkGoneHint: (s: Standing) => t("ended-link-gone-hint", { practice: s.practice }),
    get cancelled() { return t("ended-cancelled"); },
    cancelledHint: (s: Standing) => t("ended-cancelled-hint", { practice: s.practice }),
    get notOpen() { return t("ended-not-open"); },
    /** Why the room is not open, and whom to ask. */
    notOpenHint: (s: Standing) => {
      const reason = refusal(s.door.code ?? "") ?? s.door.message ?? "";
      return `${reason} ${t("ended-contact", { practice: s.practice })}`.trim();
    },
    get tooLate() { return t("ended-too-late"); },
    tooLateHint: (s: Standing) => t("ended-too-late-hint", { practice: s.practice }),
  },

  deviceProblem: {
    stopped: (what: DeviceKind) => t("device-stopped", { what }),
    title: (what: DeviceKind | "both", problem: DeviceProblem): string => {
      switch (problem) {
        case "blocked":     return t("device-blocked", { what });
        case "missing":     return t("device-missing", { what });
        case "busy":        return t("device-busy", { what });
        case "insecure":
        case "unsupported": return t("device-unavailable", { what });
        default:            return t("device-silent", { what });
      }
    },
    advice: (problem: DeviceProblem): string => {
      switch (problem) {
        case "blocked":     return t("device-blocked-advice");
        case "missing":     return t("device-missing-advice");
        case "busy":        return t("device-busy-advice");
        case "unsuitable":  return t("device-unsuitable-advice");
        case "insecure":    return t("device-insecure-advice");
        case "unsupported": return t("device-unsupported-advice");
        case "unknown":     return t("device-unknown-advice");
      }
    },
    get retry() { return t("device-retry"); },
    get continueWithout() { return t("device-continue-without"); },
  },

  requestFailure: (failure: RequestFailure): string => {
    switch (failure.kind) {
      case "refused":       return refusal(failure.code) || failure.message || t("request-refused");
      case "media-blocked": return t("request-media-blocked", { paths: failure.tried.length > 0 ? listed(failure.tried) : "none" });
      case "unreachable":   return t("request-unreachable");
    }
  },
  get statusStreamDown() { return t("stream-down"); },
  get statusStreamDownHost() { return t("stream-down-host"); },
  get statusSuperseded() { return t("stream-superseded"); },
  get loggedOut() { return t("logged-out"); },
  get logIn() { return t("log-in-again"); },
  get close() { return t("close"); },

  notification: {
    get starting() { return t("notification-starting"); },
    get joinNow() { return t("notification-join-now"); },
    get waiting() { return t("notification-waiting"); },
    get open() { return t("notification-open"); },
    get stillThere() { return t("notification-still-there"); },
    get endsSoon() { return t("notification-ends-soon"); },
    get ask() { return t("notification-ask"); },
    get on() { return t("notification-on"); },
  },

  tabTitle: {
    page: (s: Standing) => t("tab-page", { time: hour(s.appointment.starts_at, s.appointment.zone), practice: s.practice }),
    waiting: (count: number) => t("tab-waiting", { count }),
    get inCall() { return t("tab-in-call"); },
    get starting() { return t("tab-starting"); },
    get stillThere() { return t("tab-still-there"); },
    get yourTurn() { return t("tab-your-turn"); },
  },

  screenReader: {
    joined: (name: string) => t("reader-joined", { name }),
    left: (name: string) => t("reader-left", { name }),
    guestWaiting: (name: string) => t("reader-guest-waiting", { name }),
    get muted() { return t("reader-muted"); },
    get unmuted() { return t("reader-unmuted"); },
    get cameraOff() { return t("reader-camera-off"); },
    get cameraOn() { return t("reader-camera-on"); },
    get back() { return t("reader-back"); },
    shares: (name: string) => t("reader-shares", { name }),
    backOf: (name: string) => t("reader-back-of", { name }),
  },
};

/** The sentence of a code of the server; undefined for a code that it has got since. */
function refusal(code: string): string | undefined {
  return find(`refusal-${code.replaceAll("_", "-")}`);
}
