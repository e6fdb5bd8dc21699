// @ts-check
import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Where the environment is read: the programs' edges. Everything else is told what it needs. */
const edges = ["index.ts", "**/main.ts", "container/src/serve.ts", "cli/**", "local/**", "scripts/**", "bench/**", "tests/**", "training/**"];

const noDefaultExport = {
  selector: "ExportDefaultDeclaration",
  message: "Export by name: a default export has another name in every file that imports it.",
};
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Read the environment at the edge (main files, cli, local) and pass on what is needed.",
};

export default defineConfig(
  globalIgnores(["**/dist/", "**/*.gen.ts", ".cache/", ".slipway/", "tmp/", "coverage/", "**/.venv/"]),
  {
    files: ["**/*.{ts,mts}"],
    extends: [eslint.configs.recommended, tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      // Bytes that may not stand in a file are looked for by what they are.
      "no-control-regex": "off",
      "no-restricted-syntax": ["error", noDefaultExport, noEnvironment],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports", disallowTypeAnnotations: false }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/only-throw-error": "error",
      // `0 || fallback` is the slip this is for: a weight of 0 stays 0.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true, boolean: true } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Indexed access is checked (noUncheckedIndexedAccess); `!` is how a known index is written.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: edges,
    rules: { "no-restricted-syntax": ["error", noDefaultExport] },
  },
  {
    // Hands its environment on to a process that it starts.
    files: ["container/src/backends/faiss.ts"],
    rules: { "no-restricted-syntax": ["error", noDefaultExport] },
  },
  {
    // The command line loads what a verb needs when the verb is called, and without waiting.
    files: ["cli/**", "tests/cli/**"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["tests/**"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  {
    files: ["**/*.{js,cjs,mjs}"],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly", performance: "readonly", fetch: "readonly" },
    },
  },
  {
    files: ["**/*.{js,cjs}"],
    languageOptions: { sourceType: "commonjs", globals: { require: "readonly", module: "writable", __dirname: "readonly", setInterval: "readonly", setTimeout: "readonly" } },
  },
);
