// Two entries, each with its style sheet: `call` (the consultation) and `site` (scripts of the server-rendered pages).
// The server finds the hashed names in dist/.vite/manifest.json.
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/assets/",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: ".",
    // The Content Security Policy allows nothing inline, not even a data: font.
    assetsInlineLimit: 0,
    manifest: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The media library is one file of half a megabyte; it is loaded during the wait, never before the first render.
    chunkSizeWarningLimit: 600,
    rollupOptions: { input: { call: "call/main.ts", site: "site/main.ts" } },
  },
});
