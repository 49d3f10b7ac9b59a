// What people do in a practice, as sentences: log in, book, confirm, wait, start. The stories speak in these.
import { eventually } from "./eventually.mjs";

/** @typedef {import("./tab.mjs").Person} Person */
/** @typedef {import("./site.mjs").Site} Site */

/**
 * @typedef {object} Booked
 * @property {string} id
 * @property {string} hostLink
 * @property {string} guestLink
 * @property {Date} startsAt
 * @property {Date} endsAt
 */

/**
 * @param {Site} site
 * @param {Person} person
 * @param {{ email: string, password: string }} account
 */
export async function logsIn(site, person, { email, password }) {
  await person.opens(site.at("/login"));
  await person.page.getByLabel(/e-?mail/i).fill(email);
  await person.page.getByLabel(/password/i).fill(password);
  await person.presses(/log in|sign in/i);
  await person.page.waitForURL(/\/day/);
}

/**
 * The appointment the demo made: confirmed, its window open, both links known.
 *
 * @param {Site} site
 * @returns {Promise<Booked>}
 */
export async function theDemosAppointment(site) {
  const { appointment_id: id, host_link: hostLink, guest_link: guestLink } = site.facts;
  const { appointment } = await standing(site, guestLink);
  return { id, hostLink, guestLink, startsAt: new Date(appointment.starts_at), endsAt: new Date(appointment.ends_at) };
}

/**
 * How things stand for the bearer of a link.
 *
 * @param {Site} site
 * @param {string} link
 */
export async function standing(site, link) {
  const answer = await site.asks("GET", `${new URL(link).pathname}/state`, { bearer: "" });
  if (answer.status !== 200) throw new Error(`no standing: ${answer.status} ${answer.text}`);
  return answer.body;
}

/**
 * The state of a consultation, once it is this.
 *
 * @param {Site} site
 * @param {string} link
 * @param {(standing: any) => boolean} wanted
 * @param {string} sentence
 */
export function standingBecomes(site, link, wanted, sentence) {
  return eventually(sentence, async () => {
    const now = await standing(site, link);
    return wanted(now) && now;
  });
}

/**
 * The guest taps and waits, the host starts, both are in the call.
 *
 * @param {Person} guest
 * @param {Person} host
 * @param {{ hostLink: string, guestLink: string }} booked
 */
export async function meet(guest, host, { hostLink, guestLink }) {
  await host.opens(hostLink);
  await guest.opens(guestLink);
  await comesIn(guest);
  await host.presses(/^start/i);
  await Promise.all([guest.isAt("live"), host.isAt("live")]);
}

/**
 * The one tap of a guest, and the waiting room after it.
 *
 * @param {Person} guest
 */
export async function comesIn(guest) {
  await guest.presses(/i.m here|join|go in|come in/i);
  await guest.isAt("waiting");
}

/**
 * @param {Site} site
 * @param {Person} admin
 * @param {{ name: string, email: string, password: string }} host
 */
export async function addsAHost(site, admin, { name, email, password }) {
  const { page } = admin;
  await admin.opens(site.at("/staff"));
  await page.getByLabel(/^name/i).fill(name);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/password/i).fill(password);
  await admin.presses(/^add/i);
  await admin.sees(email);
}

/**
 * Through the form, as at the desk.
 *
 * @param {Site} site
 * @param {Person} host
 * @param {{ guest: { name: string, email: string, phone: string }, inMinutes: number, lasting: number }} wish
 * @returns {Promise<string>} the path of the new appointment's page
 */
export async function books(site, host, { guest, inMinutes, lasting }) {
  const { page } = host;
  const start = new Date(Date.now() + inMinutes * 60_000);
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short" });
  const [date = "", time = ""] = local.format(start).split(" ");
  await host.opens(site.at("/appointments/new"));
  await page.getByLabel(/name/i).fill(guest.name);
  await page.getByLabel(/e-?mail/i).fill(guest.email);
  await page.getByLabel(/phone/i).fill(guest.phone);
  await page.getByLabel(/^date/i).fill(date);
  await page.getByLabel(/^(start|time)/i).fill(time);
  await page.getByLabel(/length|minutes/i).fill(String(lasting));
  await host.presses(/^book/i);
  await page.waitForURL(/\/appointments\/apt_/);
  return new URL(page.url()).pathname;
}

/** @param {Person} host */
export async function confirms(host) {
  await host.presses(/^confirm/i);
  await host.sees(/^confirmed/i);
}
