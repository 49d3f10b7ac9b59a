// Small help for the server's pages; every page works without it.
export {};
