import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "examples/*/site/",
      "lib/",
      "out/",
      ".cache/",
      "models/built/",
      "node_modules/",
      "public/",
      "coverage/",
      "src/core/kernels/assembly/",
      // Written by `npm run localize`.
      "src/**/locales/",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.worker, ...globals.node } },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
    },
  },
  {
    files: [
      "tools/**",
      "src/cli/**",
      "src/gateway/**",
      "src/headless/*.ts",
      "models/**",
      "bin/**",
      "tests/**",
      "examples/**/*.mjs",
    ],
    rules: { "no-console": "off" },
  },
);
