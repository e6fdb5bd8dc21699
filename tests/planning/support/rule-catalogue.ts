/** Rules that no descriptor, contract or stack facts can offend alone, and the test that shows each. */
export const shownElsewhere: { readonly [code: string]: { readonly severity: "error" | "warning"; readonly test: string } } = {
  "mode-not-planned-yet": { severity: "warning", test: "tests/planning/modes/conformance.ts" },
  "variant-collision": { severity: "error", test: "tests/planning/plan.test.ts" },
  "invoke-policy-too-large": { severity: "error", test: "tests/planning/invoke-policy.test.ts" },
  "outputs-too-large": { severity: "error", test: "tests/planning/rules.test.ts" },
  "stack-unknown": { severity: "error", test: "tests/registry/stack-facts.test.ts" },
};
