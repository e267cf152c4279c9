import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const admin = process.env.CHANGEOVER_ADMIN ?? "http://127.0.0.1:4748";

export default defineConfig({
  // Relative addresses, so that the same files load from the window and from the admin address.
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { target: "es2022", outDir: "dist", emptyOutDir: true },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/rpc": admin, "/events": admin },
    // The icons lie beside this folder.
    fs: { allow: [".."] },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    // A test that hangs ends; a slow machine is no failure.
    testTimeout: 30_000,
  },
});
