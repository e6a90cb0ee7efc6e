import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { defineConfig } from "vite";

// tests/api/test_widget_embedded.py computes the same, so that a build that is older than its sources is noticed without Node.
const sources = ["package-lock.json", "package.json", "tsconfig.json", "vite.config.js"];
sources.push(...readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".ts")).sort().map((name) => `src/${name}`));
const hash = createHash("sha256");
for (const name of sources) hash.update(readFileSync(name));

export default defineConfig({
  build: {
    outDir: "../static",
    emptyOutDir: false,
    lib: { entry: "src/main.ts", formats: ["iife"], name: "quotewise", fileName: () => "quotewise-chat.js" },
    target: "es2022",
    rolldownOptions: { output: { postBanner: `/*! quotewise-chat; sources sha256 ${hash.digest("hex")} */` } },
  },
});
