// Steps of hosts, guests and staff that several stories share: log in, book, confirm, wait, start the call.
/** @typedef {import("./tab.mjs").Tab} Tab */
/** @typedef {import("./site.mjs").Site} Site */

/**
 * @typedef {object} Booked
 * @property {string} id
 * @property {string} hostLink
 * @property {string} guestLink
 */

/**
 * @typedef {object} Appointment
 * @property {{ name: string, email: string, phone: string }} guest
 * @property {{ name: string, email: string }[]} [companions]
 * @property {number} startsInMinutes
 * @property {number} minutes
 */

/**
 * @param {Site} site
 * @param {Tab} tab
 * @param {{ email: string, password: string }} account
 */
export async function logIn(site, tab, { email, password }) {
  await tab.open(site.url("/login"));
  await tab.page.getByLabel(/e-?mail/i).fill(email);
  await tab.page.getByLabel(/password/i).fill(password);
  await tab.press(/log in|sign in/i);
  await tab.page.waitForURL(/\/day/);
}

/**
 * The appointment of the demo: confirmed, its join window open, both links known.
 *
 * @param {Site} site
 * @returns {Booked}
 */
export function demoAppointment({ demo }) {
  return { id: demo.appointment_id, hostLink: demo.host_link, guestLink: demo.guest_link };
}

/**
 * The status of the consultation as its page gets it with this link.
 *
 * @param {Site} site
 * @param {string} link
 */
export async function consultationStatus(site, link) {
  const answer = await site.request("GET", `${new URL(link).pathname}/state`, { bearer: "" });
  if (answer.status !== 200) throw new Error(`no status: ${answer.status} ${answer.text}`);
  return answer.body;
}

/**
 * The guest enters the waiting room, the host starts, both are in the call.
 *
 * @param {Tab} guest
 * @param {Tab} host
 * @param {{ hostLink: string, guestLink: string }} booked
 */
export async function startCall(guest, host, { hostLink, guestLink }) {
  await host.open(hostLink);
  await guest.open(guestLink);
  await enterWaitingRoom(guest);
  await host.press(/^start/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
}

/** The button that takes a guest into the waiting room; a pattern. */
export const ENTER = "i.m here|join|go in|come in";

/** @param {Tab} guest */
export async function enterWaitingRoom(guest) {
  await guest.press(new RegExp(ENTER, "i"));
  await guest.reachesStage("waiting");
}

/**
 * @param {Site} site
 * @param {Tab} admin
 * @param {{ name: string, email: string, password: string, zone?: string }} host
 */
export async function addHost(site, admin, { name, email, password, zone }) {
  const { page } = admin;
  await admin.open(site.url("/staff"));
  await page.getByLabel(/^name/i).fill(name);
  await page.getByLabel(/e-?mail/i).fill(email);
  if (zone) await page.getByLabel(/zone/i).selectOption(zone);
  await admin.press(/^add/i);
  await admin.showsText(email);
  const link = await page.getByLabel(/password link/i).inputValue();
  // In a browser of their own: this one is logged in.
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  const context = await browser.newContext();
  const theirs = await context.newPage();
  await theirs.goto(link);
  await theirs.getByLabel(/new password/i).fill(password);
  await theirs.getByRole("button", { name: /^set/i }).click();
  await theirs.waitForURL(/\/login/);
  await context.close();
}

/**
 * Books an appointment through the form.
 *
 * @param {Site} site
 * @param {Tab} host
 * @param {Appointment} appointment
 * @returns {Promise<string>} the path of its page
 */
export async function bookAppointment(site, host, { guest, companions = [], startsInMinutes, minutes }) {
  const { page } = host;
  const start = new Date(Date.now() + startsInMinutes * 60_000);
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short" });
  const [date = "", time = ""] = local.format(start).split(" ");
  await host.open(site.url("/appointments/new"));
  // By role, which leaves the closed rows for companions out.
  await page.getByRole("textbox", { name: /name/i }).fill(guest.name);
  await page.getByRole("textbox", { name: /e-?mail/i }).fill(guest.email);
  await page.getByRole("textbox", { name: /phone/i }).fill(guest.phone);
  for (const [index, companion] of companions.entries()) {
    await page.getByText("Add another person").filter({ visible: true }).click();
    const row = page.getByRole("group", { name: `Companion ${index + 1}`, exact: true });
    await row.getByRole("textbox", { name: /name/i }).fill(companion.name);
    await row.getByRole("textbox", { name: /e-?mail/i }).fill(companion.email);
  }
  await page.getByLabel(/^date/i).fill(date);
  await page.getByLabel(/^(start|time)/i).fill(time);
  await page.getByLabel(/length|minutes/i).fill(String(minutes));
  await host.press(/^book/i);
  await page.waitForURL(/\/appointments\/apt_/);
  return new URL(page.url()).pathname;
}

/** @param {Tab} host */
export async function confirmAppointment(host) {
  await host.press(/^confirm/i);
  await host.showsText(/^confirmed/i);
}
