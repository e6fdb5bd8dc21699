import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { strFromU8, unzipSync } from "fflate";
import { evaluate, type Lookup } from "../../components/markers";
import { archive, fact, join, jsonDocument, ref } from "../../contract/resources";

const lookup: Lookup = {
  output: ({ $ref, output }) => ($ref === "vault" ? pulumi.secret("hunter2") : pulumi.output(`${$ref}.${output}`)),
  fact: (name) => pulumi.output(`the ${name}`),
};
const known = <Value>(value: unknown): Promise<Value> => new Promise((resolve) => pulumi.output(value as pulumi.Input<Value>).apply((plain) => resolve(plain as Value)));

describe("evaluate", () => {
  it("leaves what holds no marker as plain values", () => {
    const planned = { name: "a", sizes: [1, 2], nested: { flag: false, nothing: null } };
    assert.deepEqual(evaluate(planned, lookup), planned);
    assert.equal(evaluate(join("a", "b"), lookup), "ab");
    assert.equal(evaluate(jsonDocument({ b: 1, a: [true] }), lookup), '{"a":[true],"b":1}');
  });

  it("leaves out what is undefined", () => assert.deepEqual(evaluate({ a: undefined, b: 1 }, lookup), { b: 1 }));

  it("replaces references and facts at any depth", async () => {
    const planned = { list: [{ arn: ref("topic", "arn") }], text: join("arn:", fact("partition"), ":", ref("role", "name")) };
    assert.deepEqual(await known(evaluate(planned, lookup)), { list: [{ arn: "topic.arn" }], text: "arn:the partition:role.name" });
  });

  it("serialises with sorted keys and resolved markers, joins and documents within", async () => {
    const planned = jsonDocument({ z: ref("role", "arn"), a: { inner: jsonDocument([fact("accountId")]) } });
    assert.equal(await known(evaluate(planned, lookup)), '{"a":{"inner":"[\\"the accountId\\"]"},"z":"role.arn"}');
  });

  it("packs files whose text is known later", async () => {
    const base64 = await known<string>(evaluate(archive({ "a.json": jsonDocument({ image: ref("image", "uri") }), "b/c.sh": "#!/bin/bash\n" }), lookup));
    const files = unzipSync(Buffer.from(base64, "base64"));
    assert.deepEqual(Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, strFromU8(bytes)])), { "a.json": '{"image":"image.uri"}', "b/c.sh": "#!/bin/bash\n" });
  });

  it("keeps secret what a secret went into", async () => {
    const isSecret = async (planned: unknown): Promise<boolean> => pulumi.isSecret(evaluate(planned, lookup) as pulumi.Output<unknown>);
    assert.equal(await isSecret(jsonDocument({ deep: [{ password: ref("vault", "value") }] })), true);
    assert.equal(await isSecret(join("password=", ref("vault", "value"))), true);
    assert.equal(await isSecret(jsonDocument({ arn: ref("role", "arn") })), false);
  });
});
