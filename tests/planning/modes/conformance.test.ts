import assert from "node:assert/strict";
import { modeNames } from "../../../contract/runtimes";
import { declaredModes, modes } from "../../../planning/modes";
import { conforms } from "./conformance";

describe("serving modes", () => {
  it("are held under their own names", () => {
    for (const name of modeNames) assert.ok(modes[name] === undefined || modes[name].name === name, name);
  });

  for (const mode of declaredModes) describe(mode.name, () => conforms(mode));
});
