import fc from "fast-check";
import assert from "node:assert/strict";
import { reasonAgainst } from "../../packaging/extract";
import { listPage } from "../../local/control/list";
import { retainProperties } from "../../local/endpoints/deployment";
import { endpointStatuses, inProgress, nextStatus, type EndpointEvent } from "../../local/endpoints/status";
import { chooseWeighted, shares, type Credits } from "../../local/endpoints/weights";
import { evaluateAlarm, type AlarmDefinition } from "../../local/metrics/alarms";
import { addValue, emptyHistogram, merge, quantile } from "../../local/metrics/histogram";
import { aggregate, KEPT_SLOTS, record, SLOT_MS, type Window } from "../../local/metrics/window";
import { restartDelayMs } from "../../local/processes/back-off";
import { containerEnvironment } from "../../local/processes/environment";
import { LogTail } from "../../local/processes/log-tail";
import { refusal } from "../../local/server/guard";

const weighted = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 10 })
  .map((weights) => weights.map((weight, index) => ({ name: `v${index}`, weight })));

describe("weighted choice", () => {
  it("keeps every variant within the number of variants of its exact share, at every moment", () => {
    fc.assert(
      fc.property(weighted, fc.integer({ min: 1, max: 400 }), (variants, requests) => {
        const share = shares(variants);
        const counts = new Map<string, number>();
        let credits: Credits = new Map();
        for (let request = 1; request <= requests; request += 1) {
          const choice = chooseWeighted(variants, credits);
          credits = choice.credits;
          if (variants.every(({ weight }) => weight === 0)) return assert.equal(choice.name, undefined);
          counts.set(choice.name!, (counts.get(choice.name!) ?? 0) + 1);
          for (const { name } of variants) assert.ok(Math.abs((counts.get(name) ?? 0) - share[name]! * request) < variants.length);
        }
        for (const { name, weight } of variants) if (weight === 0) assert.equal(counts.get(name), undefined);
      }),
    );
  });

  it("is exact over a full turn, and changes nothing it was given", () => {
    const variants = [{ name: "a", weight: 90 }, { name: "b", weight: 10 }] as const;
    const start: Credits = new Map();
    let credits = start;
    const chosen: string[] = [];
    for (let request = 0; request < 10; request += 1) {
      const choice = chooseWeighted(variants, credits);
      credits = choice.credits;
      chosen.push(choice.name!);
    }
    assert.equal(chosen.join(""), "aaaaabaaaa");
    assert.equal(start.size, 0);
  });
});

describe("endpoint status", () => {
  const events: EndpointEvent[] = ["deployed", "failed", "unservable", "update", "delete", "rolledBack", "rolledBackToNothing"];

  it("always leads out of a status in progress, and never changes one behind a caller's back", () => {
    for (const status of endpointStatuses) {
      const next = events.map((event) => nextStatus(status, event)).filter((one) => one !== undefined);
      if (status === "Deleting") assert.deepEqual(next, []);
      else assert.ok(next.length > 0, status);
      if (inProgress(status)) {
        assert.equal(nextStatus(status, "update"), undefined);
        assert.equal(nextStatus(status, "delete"), undefined);
      } else assert.equal(nextStatus(status, "delete"), "Deleting");
    }
  });

  it("reaches InService again after any failed update of a serving endpoint", () => {
    for (const failure of ["failed", "unservable"] as const) {
      const updating = nextStatus("InService", "update")!;
      assert.equal(nextStatus(nextStatus(updating, failure)!, "rolledBack"), "InService");
    }
  });
});

describe("latency histogram and window", () => {
  const latencies = fc.array(fc.integer({ min: 1, max: 60_000_000 }), { minLength: 1, maxLength: 200 });

  it("gives every quantile within 5 %", () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
        const estimate = quantile(values.reduce(addValue, emptyHistogram), q)!;
        assert.ok(Math.abs(estimate - exact) <= 0.0501 * exact + 1e-9, `${estimate} for ${exact}`);
      }),
    );
    assert.equal(quantile(emptyHistogram, 0.5), undefined);
  });

  it("merges to what one histogram over all values would be", () => {
    fc.assert(
      fc.property(latencies, latencies, (left, right) => {
        const apart = merge([left.reduce(addValue, emptyHistogram), right.reduce(addValue, emptyHistogram)]);
        const together = [...left, ...right].reduce(addValue, emptyHistogram);
        assert.deepEqual([...apart.bins].sort(), [...together.bins].sort());
        assert.equal(apart.count, together.count);
        assert.equal(apart.maximum, together.maximum);
      }),
    );
  });

  it("loses no sample of the last hour and keeps none from before", () => {
    const sample = fc.record({ offsetMs: fc.integer({ min: 0, max: 2 * KEPT_SLOTS * SLOT_MS }), status: fc.constantFrom(200, 400, 500, 0) });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
        const ordered = [...samples].sort((a, b) => a.offsetMs - b.offsetMs);
        const window = ordered.reduce<Window>((slots, { offsetMs, status }) => record(slots, { atMs: offsetMs, latencyMicroseconds: 5, status }), []);
        assert.ok(window.length <= KEPT_SLOTS);
        assert.ok(window.every((slot, index) => index === 0 || slot.startMs > window[index - 1]!.startMs));
        const oldest = window[0]?.startMs ?? 0;
        const kept = ordered.filter(({ offsetMs }) => offsetMs >= oldest);
        const total = aggregate([window], oldest, Number.MAX_SAFE_INTEGER);
        assert.equal(total.invocations, kept.length);
        assert.equal(total.errors4xx, kept.filter(({ status }) => status === 400).length);
        assert.equal(total.errors5xx, kept.filter(({ status }) => status === 500 || status === 0).length);
      }),
    );
  });
});

describe("alarms", () => {
  const alarm = (changes: Partial<AlarmDefinition>): AlarmDefinition => ({
    name: "latency",
    alarmDescription: "",
    namespace: "AWS/SageMaker",
    metricName: "ModelLatency",
    dimensions: {},
    statistic: "Average",
    period: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    threshold: 1_000_000,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching",
    ...changes,
  });
  const now = 10 * 60_000 + 30_000;
  const calls = (...points: [minute: number, latency: number, status?: number][]): Window[] => [
    points.reduce<Window>((window, [minute, latencyMicroseconds, status = 200]) => record(window, { atMs: minute * 60_000, latencyMicroseconds, status }), []),
  ];

  it("needs M of N periods", () => {
    assert.equal(evaluateAlarm(alarm({}), calls([9, 2e6]), now).state, "OK");
    const breached = evaluateAlarm(alarm({}), calls([8, 2e6], [10, 3e6]), now);
    assert.deepEqual(breached, { state: "ALARM", reason: "2 of the last 3 periods beyond the threshold", value: 3e6 });
    assert.equal(evaluateAlarm(alarm({}), calls([2, 2e6], [10, 3e6]), now).state, "OK");
  });

  it("counts errors as a sum, a rate or not at all", () => {
    const errors = calls([10, 1, 500], [10, 1, 503], [10, 1, 200], [10, 1, 200]);
    const one = { metricName: "Invocation5XXErrors", evaluationPeriods: 1, datapointsToAlarm: 1 };
    assert.equal(evaluateAlarm(alarm({ ...one, statistic: "Sum", threshold: 1 }), errors, now).value, 2);
    assert.equal(evaluateAlarm(alarm({ ...one, statistic: "Average", threshold: 0.4 }), errors, now).state, "ALARM");
    assert.equal(evaluateAlarm(alarm({ ...one, metricName: "Invocation4XXErrors", statistic: "Sum", threshold: 0 }), errors, now).state, "OK");
  });

  it("treats missing data as asked, and says what is not measured here", () => {
    assert.equal(evaluateAlarm(alarm({}), [], now).state, "OK");
    assert.equal(evaluateAlarm(alarm({ treatMissingData: "missing" }), [], now).state, "INSUFFICIENT_DATA");
    assert.equal(evaluateAlarm(alarm({ treatMissingData: "breaching" }), [], now).state, "ALARM");
    const cpu = evaluateAlarm(alarm({ namespace: "/aws/sagemaker/Endpoints", metricName: "CPUUtilization" }), calls([10, 1]), now);
    assert.deepEqual(cpu, { state: "INSUFFICIENT_DATA", reason: "CPUUtilization is not measured on this machine" });
  });

  it("reads percentiles", () => {
    const latencies = calls([10, 10], [10, 10], [10, 10], [10, 5000]);
    const p = (extendedStatistic: string) =>
      evaluateAlarm(alarm({ statistic: undefined, extendedStatistic, evaluationPeriods: 1, datapointsToAlarm: 1 }), latencies, now).value!;
    assert.ok(p("p50") < 11 && p("p99") > 4700);
  });
});

describe("small rules of the local SageMaker", () => {
  it("keeps live weights and counts, except what is excluded", () => {
    const desired = [{ name: "a", modelName: "m", weight: 1, instances: 1, startupTimeoutSeconds: 60 }];
    const live = [{ name: "a", weight: 5, instances: 3, serverless: false }];
    const pick = (excluded: string[]) => retainProperties(desired, live, new Set(excluded)).map(({ weight, instances }) => [weight, instances])[0];
    assert.deepEqual(pick([]), [5, 3]);
    assert.deepEqual(pick(["DesiredWeight"]), [1, 3]);
    assert.deepEqual(pick(["DesiredInstanceCount"]), [5, 1]);
  });

  it("pages through everything exactly once, whatever the page size", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (ids, MaxResults) => {
        const items = ids.map((id) => ({ name: `n${id}`, createdAt: id % 7 }));
        const seen: string[] = [];
        let NextToken: string | undefined;
        do {
          const page = listPage(items, { MaxResults, NextToken });
          seen.push(...page.items.map(({ name }) => name));
          NextToken = page.nextToken;
        } while (NextToken !== undefined);
        assert.deepEqual([...seen].sort(), items.map(({ name }) => name).sort());
      }),
    );
  });

  it("waits longer after every crash, up to half a minute", () => {
    assert.deepEqual([1, 2, 3, 8, 100].map(restartDelayMs), [250, 500, 1000, 30_000, 30_000]);
  });

  it("passes on no AWS variable, from the host or from the model", () => {
    const environment = containerEnvironment({ PATH: "/bin", AWS_PROFILE: "x", SECRET: "y" }, { LABEL: "a", AWS_REGION: "z", aws_x: "1" }, { SLIPWAY_HOST: "127.0.0.1" });
    assert.deepEqual(environment, { PATH: "/bin", LABEL: "a", SLIPWAY_HOST: "127.0.0.1" });
  });

  it("serves loopback names and its own page, and nobody else", () => {
    const ok = [{ host: "127.0.0.1:8080" }, { host: "localhost:1" }, { host: "[::1]:1" }, { host: "127.0.0.1:1", origin: "http://127.0.0.1:1", "sec-fetch-site": "same-origin" }];
    for (const headers of ok) assert.equal(refusal("POST", headers), undefined, JSON.stringify(headers));
    const bad = [{}, { host: "evil.example" }, { host: "127.0.0.1.evil.example:80" }, { host: "127.0.0.1:1", origin: "http://evil.example" }, { host: "127.0.0.1:1", origin: "null" }, { host: "127.0.0.1:1", "sec-fetch-site": "cross-site" }];
    for (const headers of bad) assert.notEqual(refusal("POST", headers), undefined, JSON.stringify(headers));
  });

  it("refuses archive entries that could leave the folder", () => {
    assert.equal(reasonAgainst("model/weights.onnx", "File"), undefined);
    for (const [name, type] of [["../x", "File"], ["a/../../x", "File"], ["/etc/passwd", "File"], ["C:\\x", "File"], ["a\\..\\x", "File"], ["link", "SymbolicLink"], ["hard", "Link"], ["dev", "CharacterDevice"]] as const) {
      assert.notEqual(reasonAgainst(name, type), undefined, name);
    }
  });

  it("keeps the tail of a log, and finds the last error in it", () => {
    const log = new LogTail(2, 20);
    log.write('one\ntwo\n{"level":"error","msg":"n');
    log.write('o"}\n');
    assert.deepEqual(log.all(), ["two", '{"level":"error","ms']);
    const words = new LogTail();
    words.write('Error: plain\n{"level":50,"msg":"weights differ"}\n{"level":30,"msg":"bye"}\n');
    assert.equal(words.lastWords(), "weights differ");
  });
});
