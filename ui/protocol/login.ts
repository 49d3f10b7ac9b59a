// The way back to a page after its login has expired.

/** The login page, which leads back to the current page. */
export function loginUrl({ pathname, search }: { pathname: string; search: string } = location): string {
  return `/login?next=${encodeURIComponent(pathname + search)}`;
}
